"""What a mailbox is told about mail that goes out."""

from triage_app.domain.item import Address
from triage_app.domain.mailbox import MAILBOX_FIELDS, Mailbox
from triage_app.domain.source import Manifest, validated

MANIFEST = Manifest("box", "Box", "A mailbox.", MAILBOX_FIELDS)


def test_what_is_not_set_has_its_default() -> None:
    box = Mailbox.of({"user": "soc@example.org"})
    assert (box.sender, box.acknowledges, box.acknowledge_most) == (Address("", "soc@example.org"), False, 3)
    assert box.reopens
    assert box.folders == {}


def test_a_user_that_is_no_address_is_no_sender() -> None:
    assert not Mailbox.of({"user": "soc"}).address


def test_settings_as_they_are_stored_are_read() -> None:
    given = {
        "address": "desk@example.org",
        "sender_name": "Security Desk",
        "acknowledge": "yes",
        "acknowledge_most": "9",
        "reopen": "no",
        "category_folders": "Phishing = Handled/Phishing\nnonsense\nSpam=Junk",
    }
    settings, _ = validated(MANIFEST, given)
    box = Mailbox.of(settings)
    assert box.sender == Address("Security Desk", "desk@example.org")
    assert (box.acknowledges, box.acknowledge_most, box.reopens) == (True, 9, False)
    assert box.folders == {"Phishing": "Handled/Phishing", "Spam": "Junk"}
