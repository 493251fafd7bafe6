"""Paths in settings and in sentences."""

import os
from pathlib import Path

import pytest

from triage_app.adapters.feeds.paths import shown, unreadable, whole_path
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.source import Source, SourceName

SOURCE = Source(SourceName("drop"), "folder", {})


def test_a_path_is_whole() -> None:
    assert whole_path(SOURCE, "path", " /srv/drop ") == Path("/srv/drop")
    assert whole_path(SOURCE, "path", "~/drop") == Path.home() / "drop"
    with pytest.raises(SourceFailed, match=r"drop: path = srv/drop is not a whole path") as caught:
        whole_path(SOURCE, "path", "srv/drop")
    assert caught.value.trouble is Trouble.SETTINGS


def test_a_path_that_is_no_text_can_be_shown() -> None:
    path = os.fsdecode(b"/srv/\xff.eml")
    assert shown(path) == "/srv/\ufffd.eml"
    error = unreadable(path, PermissionError(13, "Permission denied"))
    assert error.trouble is Trouble.FOLDER
    assert error.message.startswith("/srv/\ufffd.eml cannot be read (Permission denied).")
