import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from triage_app.adapters.net.certificates import DAYS, fingerprint, names_in, own_certificate
from triage_app.domain.errors import InvalidInput, StorageFailed

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NAMES = {"localhost", "192.0.2.1", "::1"}


def test_it_is_made_once_and_its_key_is_for_the_owner_alone(tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path / "keys", NAMES, NOW)
    first = fingerprint(certificate)
    assert len(first.split(":")) == 32
    assert names_in(certificate) == NAMES
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert fingerprint(own_certificate(tmp_path / "keys", NAMES, NOW + timedelta(days=300))[0]) == first


@pytest.mark.parametrize("spoil", ["age", "names", "broken", "no key"])
def test_it_is_made_anew_where_it_is_of_no_use(tmp_path: Path, spoil: str) -> None:
    certificate, key = own_certificate(tmp_path, NAMES, NOW)
    first = fingerprint(certificate)
    if spoil == "broken":
        certificate.write_text("nonsense")
    if spoil == "no key":
        key.unlink()
    now = NOW + timedelta(days=DAYS if spoil == "age" else 1)
    assert fingerprint(own_certificate(tmp_path, NAMES | ({"desk"} if spoil == "names" else set()), now)[0]) != first


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("nonsense")
    with pytest.raises(InvalidInput, match="--cert"):
        fingerprint(tmp_path / "file")
    assert names_in(tmp_path / "none") == frozenset()
    with pytest.raises(StorageFailed, match="--cert"):
        own_certificate(tmp_path / "file" / "keys", NAMES, NOW)
