"""What worker processes run."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from triage_app.bootstrap import models_dir, starter_rules
from triage_app.domain.item import Form, RawId
from triage_app.domain.observable import ObservableKind
from triage_app.services.ports import PendingItem
from triage_app.worker import build_analysis

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_an_item_is_read_searched_and_classified_by_the_workspaces_settings(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('user = "maria"\nown_domains = ["example.com"]\n', encoding="utf-8")
    run = build_analysis(tmp_path, models_dir(), starter_rules())
    mail = b"From: a@example.com\nSubject: please verify your account\n\nsee http://evil.example/x"
    (found,) = run([PendingItem(RawId(1), "files", Form.MAIL, mail, NOW)], ())
    assert found.subject == "please verify your account"
    assert "http://evil.example/x" in [each.observable.value for each in found.sightings]
    assert {each.value for each in found.own if each.kind is ObservableKind.DOMAIN} == {"example.com"}
    assert found.predictions[0].label == "Phishing"


def test_nothing_to_do_is_done(tmp_path: Path) -> None:
    assert build_analysis(tmp_path, models_dir(), starter_rules())((), ()) == ()


def test_a_worker_loads_no_database_and_no_window() -> None:
    program = "import sys, triage_app.worker; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"sqlalchemy", "sqlite3", "PySide6", "asyncio", "click"}
