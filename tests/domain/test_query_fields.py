"""The table of fields is sound, and the guide describes every one of them."""

from pathlib import Path

from triage_app.domain.query_fields import BY_NAME, FIELDS, HAS, IS, field_named, nearest_field


def test_every_name_means_one_field() -> None:
    names = [name for each in FIELDS for name in (each.name, *each.aliases)]
    assert len(names) == len(set(names)) == len(BY_NAME)
    for states in (IS, HAS):
        named = [name for each in states for name in (each.name, *each.aliases)]
        assert len(named) == len(set(named))


def test_every_field_and_state_is_described(project: Path) -> None:
    page = (project / "docs" / "search.md").read_text(encoding="utf-8")
    for each in FIELDS:
        aliases = f" ({', '.join(f'`{alias}`' for alias in each.aliases)})" if each.aliases else ""
        assert f"| `{each.name}`{aliases} |" in page, each.name
        assert f"`{each.example}`" in page, each.example
    for prefix, states in (("is", IS), ("has", HAS)):
        assert [each.name for each in states if f"`{prefix}:{each.name}`" not in page] == []


def test_names_are_found_as_they_are_written() -> None:
    assert field_named("Follow") is None
    assert field_named("SENDER-Domain") is BY_NAME["sender_domain"]


def test_the_nearest_field_is_a_guess_or_none() -> None:
    assert [nearest_field(each) for each in ("fron", "sever", "subjct", "zzz")] == ["from", "severity", "subject", ""]
