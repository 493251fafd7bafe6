import pytest

from triage_app.adapters.classify.tables import look_at_csv, look_at_json, look_at_json_lines
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Example


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_by_the_columns_that_it_gives(delimiter: str) -> None:
    text = delimiter.join(("label", '"a,b;c"', "text")) + "\n" + delimiter.join(("A", "1", '"x,y;z|"'))
    look = look_at_csv(text, {})
    assert look.examples == [Example("A", "x,y;z|")]
    assert look.columns == ("label", "a,b;c", "text")


def test_columns_that_are_named_find_the_delimiter_too() -> None:
    look = look_at_csv("kind;words, spoken\nA;x\n", {"label": ("kind",), "text": ("words, spoken",)})
    assert look.examples == [Example("A", "x")]


def test_rows_of_any_width_are_told_with_the_line_that_they_begin_on() -> None:
    look = look_at_csv('\n\ntext,label\n"two\nlines",B\n,C\n\ny\nx,A,too,many\n', {})
    assert [each.label for each in look.examples] == ["B", "A"]
    assert [problem.split(":")[0] for problem in look.problems] == ["line 6", "line 8"]


def test_a_quote_that_is_never_closed_ends_the_reading() -> None:
    look = look_at_csv('text,label\nx,A\n"y,B\nz,C\n', {})
    assert [each.label for each in look.examples] == ["A"]
    assert look.problems[0].startswith("line 3: ")


def test_the_keys_of_json_objects_are_columns_whatever_their_order() -> None:
    lines = '{"text": "x", "label": "A"}\n\n{"label": "B", "note": {"deep": 1}, "text": "y"}\n{"text": "z"}\n[1]\n'
    look = look_at_json_lines(lines, {})
    assert [each.label for each in look.examples] == ["A", "B"]
    assert look.columns == ("text", "label")
    assert [problem.split(":")[0] for problem in look.problems] == ["line 4", "line 5"]


def test_one_list_of_objects_is_read_too() -> None:
    look = look_at_json('[{"text": "x", "label": "A"}, 3, {"text": "y", "label": 2}]', "data.json", {})
    assert look.examples == [Example("A", "x"), Example("2", "y")]
    assert look.problems == ["line 2: not a JSON object."]
    with pytest.raises(InvalidInput, match="not a list of JSON objects"):
        look_at_json('[{"text": "x"', "data.json", {})
