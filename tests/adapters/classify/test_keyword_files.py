import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.adapters.classify.keyword_files import check_rules, read_rules, renamed, rules_yaml
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import KeywordRule

TEXT = """# ours
labels:
  A:
    - {text: one, weight: 2} # a hint
    - {text: "two*"}

  "B c":
    - text: three
      weight: 0.5
"""
RULES = (KeywordRule("A", "one", 2.0), KeywordRule("A", "two*", 1.0), KeywordRule("B c", "three", 0.5))


def test_rules_are_read_in_their_order() -> None:
    assert read_rules(TEXT, ("A", "B c"), "k") == RULES
    assert read_rules("", (), "k") == read_rules("labels:\n", (), "k") == ()


def test_all_that_is_wrong_is_told_with_its_line() -> None:
    text = TEXT + "  C:\n    - {text: x}\n" + "  D: x\n"
    text = text.replace("weight: 2", "weight: 0").replace("three", "'*'")
    rules, problems = check_rules(text, ("A", "B c", "D"))
    assert rules == (KeywordRule("A", "two*", 1.0),)
    assert [each.split(":")[0] for each in problems] == ["line 4", "line 8", "line 10", "line 12"]
    assert "weight is 0" in problems[0]
    with pytest.raises(InvalidInput, match=r"^k: labels\.A, rule 1: weight"):
        read_rules(text, ("A", "B c", "D"), "k")


@pytest.mark.parametrize(
    ("text", "line"),
    [("labels:\n  A: [\n", 3), ("labels:\n  A: []\n  A: []\n", 3), ("x: 1", 1), ("[" * 500, 1), ("#" * 2_000_000, 1)],
)
def test_what_is_no_list_of_rules_is_told(text: str, line: int) -> None:
    rules, problems = check_rules(text, ())
    assert rules == ()
    assert problems[0].startswith(f"line {line}: ")


def test_many_problems_are_cut_short() -> None:
    text = "labels:\n  A:\n" + "    - x\n" * 500
    assert check_rules(text, ())[1][-1] == "And 400 more."


def test_another_name_leaves_comments_and_order() -> None:
    assert renamed(TEXT, "A", "Ä: #1") == TEXT.replace("  A:", '  "Ä: #1":')
    assert renamed(TEXT, "B c", "C") == TEXT.replace('"B c"', '"C"')
    assert renamed(TEXT, "missing", "C") == TEXT
    assert renamed("labels: [", "A", "B") == "labels: ["


@given(
    st.lists(
        st.builds(
            KeywordRule,
            st.sampled_from(["A", "Größe 大小", 'q"u\\ote', "a: b", "#x"]),
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
                lambda text: text.removesuffix("*").strip() != ""
            ),
            st.integers(1, 1_000).map(float),
        ),
        max_size=10,
    )
)
def test_rules_that_are_written_are_read_back(rules: list[KeywordRule]) -> None:
    wanted = sorted(rules, key=lambda rule: [each.label for each in rules].index(rule.label))
    found, problems = check_rules(rules_yaml(rules), ())
    assert (list(found), problems) == (wanted, ())


def test_what_is_no_yaml_is_told_with_its_line_and_without_the_parser_s_own_marks() -> None:
    (problem,) = check_rules("labels:\n  A:\n    - {text: x\n", ())[1]
    assert problem.startswith("line 4: is not valid YAML: ")
    assert "unicode string" not in problem
