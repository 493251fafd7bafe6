from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage_app.adapters.classify.example_files import example_lines, own_examples
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Example

NASTY = st.text(alphabet=st.characters(), max_size=40) | st.sampled_from(
    ["a\n__label__B b", "__label__B x", "\r\n", "\u2028x", "=1+1", "\0"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["A", "HR Support", "100%", "Größe 大小"]), NASTY), max_size=20))
def test_whatever_a_text_holds_it_is_read_back(tmp_path: Path, pairs: list[tuple[str, str]]) -> None:
    at = datetime(2026, 3, 31, 14, 5, tzinfo=UTC)
    examples = [Example(label, text, "g", at, "html", "a@b.c", text) for label, text in pairs]
    (tmp_path / "data.jsonl").write_bytes(example_lines(examples))
    found = own_examples(tmp_path)
    assert [each.label for each in found] == [each.label for each in examples]
    if all(each.text.isprintable() for each in examples):
        assert list(found) == examples


def test_a_lone_surrogate_does_not_keep_the_others_from_being_written(tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_bytes(example_lines([Example("A", "x\ud800y"), Example("B", "z")]))
    assert [each.text for each in own_examples(tmp_path)] == ["x?y", "z"]


def test_lines_of_text_are_read_where_there_is_nothing_else(tmp_path: Path) -> None:
    assert own_examples(tmp_path) == ()
    (tmp_path / "data.txt").write_text("")
    assert own_examples(tmp_path) == ()
    (tmp_path / "data.txt").write_text("__label__A x\n")
    assert own_examples(tmp_path) == [Example("A", "x")]
    (tmp_path / "data.jsonl").write_text('{"label": "B", "text": "y", "at": "2026-03-31T14:05:00"}\n')
    assert own_examples(tmp_path) == [Example("B", "y", at=datetime(2026, 3, 31, 14, 5, tzinfo=UTC))]


@pytest.mark.parametrize("line", ["{", '{"label": "B"}', '{"label": "", "text": "x"}', "[1]", "x"])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "data.jsonl").write_text(f'{{"label": "A", "text": "x"}}\n\n{line}\n')
    with pytest.raises(InvalidInput, match=r"data\.jsonl, line 3: "):
        own_examples(tmp_path)
