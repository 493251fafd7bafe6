"""The reference page."""

from triage_app.cli.reference import reference
from triage_app.services.registry import VERBS


def test_every_verb_has_a_section_with_its_fields() -> None:
    page = reference()
    for verb in VERBS:
        section = page.split(f"\n## {verb.name}\n")[1].split("\n## ")[0]
        assert all(f"| `{each.name.replace('_', '-')}` |" in section for each in verb.arguments)
