"""The workspace's settings file."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from triage_app.adapters.clock import SystemZone
from triage_app.adapters.settings import read_settings
from triage_app.domain.errors import InvalidInput
from triage_app.domain.learning import LearningRules, Promotion


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    settings = read_settings(tmp_path)
    assert settings.user
    assert settings.own_domains == ()
    assert settings.allowed == ()
    assert settings.database == f"sqlite:///{tmp_path / 'triage.db'}"


def test_what_is_written_is_read(tmp_path: Path) -> None:
    text = 'user = "maria"\nown_domains = ["example.com"]\nallowed = ["cdn.example", "192.0.2.0/24"]\n'
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    settings = read_settings(tmp_path)
    assert (settings.user, settings.own_domains) == ("maria", ("example.com",))
    assert settings.allowed == ("cdn.example", "192.0.2.0/24")


def test_times_are_named_in_the_zone_of_the_machine_or_in_another(tmp_path: Path) -> None:
    here = SystemZone()
    assert read_settings(tmp_path, here).zone is here
    (tmp_path / "settings.toml").write_text('zone = "Europe/Berlin"\n', encoding="utf-8")
    assert read_settings(tmp_path, here).zone == ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("user = 3", "user must be a text"),
        ('user = ""', "user must be a text"),
        ('own_domains = "example.com"', "own_domains must be a list"),
        ("own_addresses = [1]", "own_addresses must be a list"),
        ('allowed = "example.com"', "allowed must be a list"),
        ('allowed = ["10.0.0.0/99"]', "allowed: '10.0.0.0/99' on the allow-list is no domain, address, network"),
        ('usr = "maria"', "a key that does not exist: usr"),
        ("user = ", "not valid TOML"),
        ('zone = "Europe/Atlantis"', "no time zone 'Europe/Atlantis'"),
        ('zone = "../etc/passwd"', "no time zone"),
        ("zone = 2", "zone must be a text"),
        ("learning = 3", "learning must be a section"),
        ("[learning]\nspeed = 3", "learning has no key speed"),
        ("[learning]\nmargin = 2", "learning.margin is 2"),
        ("[learning]\nretrain_days = -1", "learning.retrain_days is -1"),
        ('[learning]\npromotion = "never"', "learning.promotion is 'never'"),
    ],
)
def test_what_cannot_be_used_is_an_error_that_names_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=says) as error:
        read_settings(tmp_path)
    assert "settings.toml" in error.value.message


def test_how_it_learns_is_read(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[learning]\npromotion = "person"\nmargin = 0.01\n', encoding="utf-8")
    assert read_settings(tmp_path).learning == LearningRules(Promotion.PERSON, 0.01)


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b'user = "\xff\xfe"')
    with pytest.raises(InvalidInput, match="not valid TOML"):
        read_settings(tmp_path)
