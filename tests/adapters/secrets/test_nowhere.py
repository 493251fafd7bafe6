import pytest

from triage_app.adapters.secrets.nowhere import CLOSED_FILE, Nowhere
from triage_app.domain.errors import SecretsUnavailable
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName

BOX = SourceName("box")


def test_it_says_what_to_do_and_names_no_secret() -> None:
    with pytest.raises(SecretsUnavailable, match="TRIAGE_PASSPHRASE"):
        Nowhere().get(BOX, "password")
    with pytest.raises(SecretsUnavailable) as refused:
        Nowhere(CLOSED_FILE).put(BOX, "password", Secret("correct horse"))
    assert "correct horse" not in refused.value.message
    assert "encrypted file" in refused.value.message


def test_forgetting_what_was_never_kept_is_no_error() -> None:
    Nowhere().remove(BOX, ["password"])
    assert Nowhere().place == "nowhere"
