from typing import Any

from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.fakes.box import MANIFEST
from tests.gui.sources import ROW
from triage_app.domain import source
from triage_app.domain.errors import InvalidInput, SourceFailed, StorageFailed, Trouble
from triage_app.domain.source import Field, FieldKind
from triage_app.gui.look import Look
from triage_app.gui.views.source_form import STORED, SourceForm
from triage_app.services.source_queries import SourceKind

BOX = SourceKind("box", "Box", "A mailbox in memory.", False, MANIFEST.fields)
FEED = SourceKind(
    "feed",
    "Feed",
    "A feed.",
    False,
    (
        Field("after", "Afterwards", "What then.", FieldKind.CHOICE, "leave", choices=("leave", "seen")),
        Field("deep", "Deep", "With all folders.", FieldKind.FLAG, "yes"),
    ),
)


def a_form(look: Look, qtbot: QtBot) -> SourceForm:
    form = SourceForm(look)
    qtbot.addWidget(form)
    form.show()
    form.begin_new((BOX, FEED))
    return form


def test_it_is_drawn_from_the_manifest_of_the_chosen_kind(look: Look, qtbot: QtBot) -> None:
    form = a_form(look, qtbot)
    assert list(form.entries) == ["user", "password", "folders", "poll"]
    assert (form.entries["folders"].value, form.entries["poll"].value) == ("INBOX", "30")
    form.kind.setCurrentIndex(1)
    assert {name: entry.value for name, entry in form.entries.items()} == {"after": "leave", "deep": "yes"}
    form.entries["deep"].put("no")
    form.entries["after"].put("seen")
    assert form.draft().settings == ("after=seen", "deep=no")


def test_a_secret_is_hidden_and_never_comes_back(look: Look, qtbot: QtBot) -> None:
    form = a_form(look, qtbot)
    form.begin_change(BOX, ROW)
    line = form.entries["password"].widget
    assert isinstance(line, QLineEdit)
    assert (line.echoMode(), line.text()) == (QLineEdit.EchoMode.Password, "")
    assert line.placeholderText() == STORED
    assert not form.name.widget.isEnabled()
    assert form.draft().secrets == ()
    form.entries["password"].put("geheim")
    assert form.draft().secrets == ("password=geheim",)
    form.cancel.click()
    assert line.text() == ""


def test_every_mistake_stands_at_its_field_and_nothing_is_asked_for(look: Look, qtbot: QtBot) -> None:
    form, wanted = a_form(look, qtbot), list[Any]()
    form.save_wanted.connect(wanted.append)
    form.test_wanted.connect(wanted.append)
    form.entries["poll"].put("soon")
    form.save.click()
    form.test.click()
    assert wanted == []
    assert "number from 1" in form.entries["poll"].problem.text()
    assert "is needed" in form.entries["user"].problem.text()
    assert form.name.problem.text()
    assert not form.entries["folders"].problem.text()
    # when all is right
    form.name.put("abuse")
    form.entries["poll"].put("60")
    form.entries["user"].put("soc")
    form.entries["password"].put("x")
    form.entries["folders"].put("INBOX\n\n Spam ")
    form.test.click()
    (draft,) = wanted
    assert draft.settings == ("user=soc", "folders=INBOX\nSpam", "poll=60")
    assert not form.entries["poll"].problem.text()


def test_what_the_app_refuses_stands_at_the_field_it_names(look: Look, qtbot: QtBot) -> None:
    form = a_form(look, qtbot)
    form.show_error(SourceFailed(Trouble.AUTHENTICATION, "Refused."))
    assert form.entries["password"].problem.text() == "Refused."
    form.show_error(SourceFailed(Trouble.FOLDER, "No such folder."))
    assert form.entries["folders"].problem.text() == "No such folder."
    form.show_error(InvalidInput("Poll (poll) must be a number."))
    assert form.entries["poll"].problem.text()
    form.show_error(InvalidInput("There is a source 'abuse' already."))
    assert form.name.problem.text()
    for other in (SourceFailed(Trouble.NETWORK, "Gone."), InvalidInput("Odd."), StorageFailed("Full.")):
        form.show_error(other)
        assert form.result.text() == other.message


def test_a_test_can_be_cancelled_and_its_answer_is_shown(look: Look, qtbot: QtBot) -> None:
    form, told = a_form(look, qtbot), list[str]()
    form.stop_wanted.connect(lambda: told.append("stop"))
    form.left.connect(lambda: told.append("left"))
    form.busy("Connecting\u2026")
    assert not form.save.isEnabled()
    form.cancel.click()
    assert (told, form.save.isEnabled()) == (["stop"], True)
    form.show_tested(source.Tested("12 mails.", "TLS 1.3", ("INBOX",)))
    assert form.result.text() == "12 mails. TLS 1.3\nINBOX"
    form.cancel.click()
    assert told == ["stop", "left"]
