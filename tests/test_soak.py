"""Three minutes of a steady stream, the mail server restarted in each: nothing is lost, and memory stays where it is.

`sh run bench soak` does the same for half an hour.
"""

from pathlib import Path

import pytest

from tests.dovecot import DovecotServer
from tests.soak import soak


@pytest.mark.timeout(600)
def test_what_streams_in_for_minutes_is_all_there_and_memory_is_flat(
    tmp_path: Path, dovecot: DovecotServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TRIAGE_PASSPHRASE", "PYTHON_KEYRING_BACKEND"):
        monkeypatch.setenv(name, "")  # so that both are as before at the end
    done = soak(3, tmp_path / "workspace", dovecot)
    # then
    assert done.restarts >= 2
    assert done.mails >= 55
    assert done.alerts >= 500
    assert (done.sheet.seen, done.sheet.difference, done.sheet.pending) == (done.mails + done.alerts, 0, 0)
    assert (done.sheet.parked, done.sheet.dropped) == (0, 0)
    assert done.code == 0
    _, middle, last = done.thirds
    assert last < middle * 1.1
