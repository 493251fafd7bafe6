"""The workspace's rule file."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from triage_app.adapters.rules.dedup_file import IN_FORCE, DedupFile, config_id
from triage_app.bootstrap import starter_rules
from triage_app.domain.dedup import Level, Missing, OnClosed, RuleName, RuleSet, WindowKind
from triage_app.domain.errors import InvalidRules, StorageFailed

ONE = "rules:\n  - {name: one, key: host.name, window: forever, level: link}\n"
TWO = ONE + "  # the next\n\n  - name: two\n    key: host.name\n    window: same_time\n    level: drop\n"
BAD = "rules:\n  - {name: one, key: host.name, window: forever, level: merge}\n"


def opened(folder: Path) -> DedupFile:
    return DedupFile(folder, starter_rules())


def written(folder: Path, text: str) -> Path:
    path = folder / "rules" / "dedup.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    # Two writes within one tick of the file system's clock are told apart all the same in earnest: by size or inode.
    os.utime(path, ns=(path.stat().st_mtime_ns + len(text), path.stat().st_mtime_ns + len(text)))
    return path


def names(rules: RuleSet) -> list[str]:
    return [rule.name for rule in rules.rules]


def problems_of(text: str) -> tuple[tuple[int, str], ...]:
    with pytest.raises(InvalidRules) as caught:
        DedupFile(Path("unused"), starter_rules()).parse(text)
    return caught.value.problems


def test_a_workspace_without_rules_has_the_starter_rules(tmp_path: Path) -> None:
    file = opened(tmp_path)
    assert file.text() == starter_rules().read_text(encoding="utf-8")
    rules = file.load()
    assert [rule.name for rule in rules.rules if rule.enabled] == [
        "resend",
        "same-message-id",
        "vpn-brute-force",
        "alert-storm",
    ]
    assert {rule.level for rule in rules.rules} == {Level.COMMENT, Level.CHILD, Level.LINK, Level.NOTE, Level.SUGGEST}
    assert all(rule.title for rule in rules.rules)
    assert not (tmp_path / "rules").exists()


def test_no_starter_rule_drops_anything_and_none_that_is_on_swallows_what_was_closed(tmp_path: Path) -> None:
    for rule in opened(tmp_path).load().rules:
        levels = {rule.level, *(rule.levels or {}).values()}
        assert Level.DROP not in levels
        assert not rule.enabled or rule.on_closed is OnClosed.NEW_AND_LINK


def test_the_rule_of_the_documentation_is_read_as_written(tmp_path: Path, project: Path) -> None:
    page = (project / "docs" / "dedup.md").read_text(encoding="utf-8")
    examples = [part.split("```")[0] for part in page.split("```yaml\n")[1:]]
    assert len(examples) >= 3
    found = {rule.name: rule for text in examples for rule in opened(tmp_path).parse(text).rules}
    vpn = found[RuleName("vpn-brute-force")]
    assert (vpn.window.kind, vpn.window.max_count, vpn.missing) == (WindowKind.GAP, 500, Missing.NEVER)


def test_what_is_saved_is_in_force_and_kept(tmp_path: Path) -> None:
    file = opened(tmp_path)
    assert names(file.load()) != ["one"]
    saved = file.save(ONE)
    assert (names(saved), file.load(), file.text()) == (["one"], saved, ONE)
    assert saved.config_id == config_id(ONE) != config_id(TWO)
    assert names(opened(tmp_path).load()) == ["one"]


def test_rules_are_read_once_and_again_when_the_file_changes(tmp_path: Path) -> None:
    written(tmp_path, ONE)
    file = opened(tmp_path)
    first = file.load()
    assert file.load() is first
    written(tmp_path, TWO)
    assert names(file.load()) == ["one", "two"]


def test_a_file_that_is_taken_away_leaves_the_starter_rules(tmp_path: Path) -> None:
    path = written(tmp_path, ONE)
    file = opened(tmp_path)
    assert names(file.load()) == ["one"]
    path.unlink()
    assert len(file.load().rules) > 5


def test_an_invalid_file_leaves_the_last_valid_rules_in_force(tmp_path: Path) -> None:
    written(tmp_path, ONE)
    file = opened(tmp_path)
    first = file.load()
    written(tmp_path, BAD)
    assert file.load() is first
    assert file.text() == BAD
    # also at the next start
    assert names(opened(tmp_path).load()) == ["one"]
    # and without any memory of a valid one, the starter rules
    (tmp_path / "rules" / IN_FORCE).unlink()
    assert len(opened(tmp_path).load().rules) > 5
    # until it is mended
    written(tmp_path, TWO)
    assert names(file.load()) == ["one", "two"]


def test_a_file_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    written(tmp_path, ONE)
    file = opened(tmp_path)
    first = file.load()
    path = tmp_path / "rules" / "dedup.yaml"
    path.unlink()
    path.mkdir()
    assert file.load() is first
    with pytest.raises(StorageFailed, match="cannot be read"):
        file.text()


def test_bad_rules_are_not_saved(tmp_path: Path) -> None:
    file = opened(tmp_path)
    file.save(ONE)
    with pytest.raises(InvalidRules):
        file.save(BAD)
    assert (file.text(), names(file.load())) == (ONE, ["one"])
    assert sorted(path.name for path in (tmp_path / "rules").iterdir()) == [IN_FORCE, "dedup.yaml"]


def test_where_nothing_can_be_written_saving_says_so(tmp_path: Path) -> None:
    (tmp_path / "rules").write_text("a file where the folder should be")
    with pytest.raises(StorageFailed, match="cannot be written"):
        opened(tmp_path).save(ONE)


def test_every_mistake_is_told_with_its_line() -> None:
    text = """\
rules:
  - name: one
    when:
      subject|re: '(a{1000}){1000}'
      observable.ip: 10.0.0.1
    key:
      - host.name
      - user.name|lowr
    window: {gap: -5m}
    level: merge
    colour: red
  - name: one
    key: [a]
    window:
      gap: 5
    level: link
"""
    found = problems_of(text)
    assert [line for line, _ in found] == [4, 5, 8, 9, 10, 11, 12, 15]
    wanted = ("is refused", "observable.ip", "lower", "longer than", "merge", "colour", "taken by", "unit")
    assert all(word in words for word, (_, words) in zip(wanted, found, strict=True)), found


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("rules: []\nrules: []\n", 2, "stands twice"),
        ("rules:\n  - name: x\n   key: y\n", 3, "not valid YAML"),
        ("a: &a [1]\nrules: *a\n", 1, "Anchors"),
        ("", 1, "must hold `rules:`"),
        ("- a\n- b\n", 1, "must hold `rules:`"),
        ("rules: []\nrule: []\n", 2, "did you mean rules?"),
        ("\n\nrules: 7\n", 3, "must be a list"),
        ("rules:\n" + "  - x\n" * 300, 1, "at most"),
    ],
)
def test_mistakes_of_the_whole_file(text: str, line: int, words: str) -> None:
    assert any(each == line and words in said for each, said in problems_of(text)), problems_of(text)


def test_no_rules_at_all_are_fine(tmp_path: Path) -> None:
    assert opened(tmp_path).parse("rules: []").rules == ()


def test_a_rule_knows_its_line_and_its_own_text(tmp_path: Path) -> None:
    first, second = opened(tmp_path).parse(TWO).rules
    assert (first.line, first.text) == (2, "  - {name: one, key: host.name, window: forever, level: link}")
    assert (second.line, second.text.splitlines()[0], second.text.splitlines()[-1]) == (
        5,
        "  - name: two",
        "    level: drop",
    )


def test_many_threads_may_load_and_save(tmp_path: Path) -> None:
    file = opened(tmp_path)
    file.save(ONE)
    seen: list[list[str]] = []

    def run(text: str) -> None:
        for _ in range(20):
            file.save(text)
            seen.append(names(file.load()))

    threads = [threading.Thread(target=run, args=(text,)) for text in (ONE, TWO)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {tuple(each) for each in seen} <= {("one",), ("one", "two")}
    assert file.text() in (ONE, TWO)


def test_nobody_pays_for_the_parser_before_rules_are_read() -> None:
    program = "import sys, triage_app.adapters.rules.dedup_file; print('ruamel.yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_copy_follows_a_file_that_is_edited_by_hand(tmp_path: Path) -> None:
    written(tmp_path, ONE)
    opened(tmp_path).load()
    written(tmp_path, TWO)
    opened(tmp_path).load()
    assert (tmp_path / "rules" / IN_FORCE).read_text(encoding="utf-8") == TWO
    shutil.rmtree(tmp_path / "rules")
