"""The documents agree with the code: every command, setting and error code is described."""

from pathlib import Path

from tests import kinds
from triage_app.adapters.settings import read_settings
from triage_app.cli.reference import reference
from triage_app.domain import errors
from triage_app.domain.errors import Trouble
from triage_app.services.ports import Settings


def test_the_reference_of_commands_is_the_registry(project: Path) -> None:
    page = (project / "docs" / "commands.md").read_text(encoding="utf-8")
    assert page == reference(), "renew it: python -m triage_app.cli.reference > docs/commands.md"


def test_the_page_of_kinds_of_sources_is_their_manifests(project: Path) -> None:
    page = (project / "docs" / "source-kinds.md").read_text(encoding="utf-8")
    assert page == kinds.page(), "renew it: python -m tests.kinds > docs/source-kinds.md"


def test_every_kind_of_trouble_of_a_source_is_described(project: Path) -> None:
    page = (project / "docs" / "sources.md").read_text(encoding="utf-8")
    assert [each.value for each in Trouble if f"`{each.value}`" not in page] == []


def test_every_setting_is_described(project: Path) -> None:
    page = (project / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in Settings.__slots__ if f"| `{name}` |" not in page] == []


def test_the_example_settings_can_be_read(project: Path, tmp_path: Path) -> None:
    page = (project / "docs" / "settings.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    (tmp_path / "settings.toml").write_text(example, encoding="utf-8")
    assert read_settings(tmp_path).user == "maria"


def test_every_error_code_is_described(project: Path) -> None:
    page = (project / "docs" / "errors.md").read_text(encoding="utf-8")
    codes = {
        each.code for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.TriageError)
    }
    assert [code for code in sorted(codes) if f"| `{code}` |" not in page] == []


def test_every_decision_record_has_its_parts(project: Path) -> None:
    for path in (project / "docs" / "adr").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert all(part in text for part in ("**Context.**", "**Decision.**", "**Consequences.**")), path.name
