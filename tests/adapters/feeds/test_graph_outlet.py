"""Mail goes out by Graph, and originals are moved and flagged, wherever they lie by then."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.fakes.box import MemorySecrets
from tests.graph import SECRETS, Office, hosting, mailbox_at
from tests.provider import Clock
from tests.web import Reply
from triage_app.adapters.feeds.graph_outlet import GraphOutlet, GraphOutlets
from triage_app.adapters.net.tokens import Tokens
from triage_app.domain.errors import OutgoingRefused, OutgoingUnsure, SourceFailed, Trouble
from triage_app.services.outgoing import Original

MAIL = b"Message-ID: <1@example.org>\r\nSubject: mail 1\r\n\r\nHello\r\n"
SENDER, RECIPIENT = "soc@example.org", "ana@example.org"


@dataclass
class Scene:
    office: Office
    outlet: GraphOutlet

    def delivered(self, **more: str) -> Original:
        (uid,) = self.office.deliver(MAIL, **more)
        return Original("Inbox", 1, uid, "1@example.org")


@pytest.fixture
def scene() -> Iterator[Scene]:
    office = Office()
    with hosting(office) as web:
        outlet = GraphOutlets(Tokens(MemorySecrets(), Clock(), {}), timeout=1).open(mailbox_at(web), SECRETS)
        yield Scene(office, outlet)
        outlet.close()


def test_a_mail_goes_out_with_its_bytes_untouched(scene: Scene) -> None:
    scene.outlet.send(MAIL, SENDER, RECIPIENT)
    scene.outlet.send(MAIL, SENDER, RECIPIENT)
    assert scene.office.sent == [MAIL, MAIL]


@pytest.mark.parametrize("status", [400, 413])
def test_a_mail_that_is_refused_is_not_tried_again(scene: Scene, status: int) -> None:
    scene.office.sending = Reply(status=status)
    with pytest.raises(OutgoingRefused, match=f"to ana@example.org .status {status}"):
        scene.outlet.send(MAIL, SENDER, RECIPIENT)


@pytest.mark.parametrize("sending", [Reply(status=500), Reply(status=504), Reply(status=202, hangs=30)])
def test_a_mail_of_which_nobody_knows_whether_it_went_out_is_not_tried_again(scene: Scene, sending: Reply) -> None:
    scene.office.sending = sending
    with pytest.raises(OutgoingUnsure, match="among what was sent"):
        scene.outlet.send(MAIL, SENDER, RECIPIENT)
    assert scene.office.sent == [MAIL]


@pytest.mark.parametrize(
    ("status", "trouble"), [(403, Trouble.AUTHENTICATION), (429, Trouble.QUOTA), (503, Trouble.NETWORK)]
)
def test_a_mail_that_was_not_taken_is_tried_again(scene: Scene, status: int, trouble: Trouble) -> None:
    scene.office.sending = Reply(status=status)
    with pytest.raises(SourceFailed) as caught:
        scene.outlet.send(MAIL, SENDER, RECIPIENT)
    assert caught.value.trouble is trouble


def test_a_server_that_is_not_there_is_tried_again() -> None:
    office = Office()
    with hosting(office) as web:
        outlet = GraphOutlets(Tokens(MemorySecrets(), Clock(), {}), timeout=1).open(mailbox_at(web), SECRETS)
        original = Original("Inbox", 1, office.deliver(MAIL)[0], "")
        outlet.flag(original)
    with pytest.raises(SourceFailed) as caught:
        outlet.send(MAIL, SENDER, RECIPIENT)
    assert caught.value.trouble is Trouble.NETWORK
    outlet.close()


def test_an_original_is_moved_once_to_a_folder_that_is_made_for_it(scene: Scene) -> None:
    original = scene.delivered()
    scene.outlet.move(original, "Done/Lures")
    scene.outlet.move(original, "done/lures")
    assert scene.office.inside("Lures") == [MAIL]
    assert len(scene.office.gone) == 1
    assert [name for name, _ in scene.office.folders.values()].count("Lures") == 1


def test_an_original_that_somebody_moved_is_flagged_where_it_lies(scene: Scene) -> None:
    original = scene.delivered()
    scene.outlet.move(original, "Archive")
    scene.outlet.flag(original)
    scene.outlet.flag(original)
    assert scene.office.mails[original.uid].flagged


def test_an_original_whose_id_is_gone_is_found_by_its_message_id(scene: Scene) -> None:
    original = scene.delivered()
    scene.office.take_away(original.uid)
    scene.office.deliver(MAIL, folder="Archive")
    scene.outlet.move(original, "Junk Email")
    assert scene.office.inside("Junk Email") == [MAIL]


@pytest.mark.parametrize("message_id", ["1@example.org", ""])
def test_an_original_that_was_deleted_is_told(scene: Scene, message_id: str) -> None:
    original = scene.delivered()
    scene.office.take_away(original.uid)
    gone = Original("Inbox", 1, original.uid, message_id)
    with pytest.raises(OutgoingRefused, match="no longer in the mailbox soc"):
        scene.outlet.flag(gone)
    with pytest.raises(OutgoingRefused):
        scene.outlet.move(gone, "Archive")
