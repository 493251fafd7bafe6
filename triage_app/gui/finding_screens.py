"""Pictures of finding: the search box in its states, saved views, what waits, observables' pages, forms that ask."""

from collections.abc import Callable

from triage_app.gui.application import OpenedDesk
from triage_app.gui.views.search_field import SearchField
from triage_app.services.queries import GetTicket, ListTickets
from triage_app.services.search_queries import GetSimilar

Prepare = Callable[[OpenedDesk], object]

LONG_QUERY = "is:open -category:Spam subject:account (age:<3d OR severity:>=high)"
WRONG_QUERY = "is:open age:<sometime account"


def finding_screens(settle: Callable[..., None]) -> dict[str, Prepare]:
    """The names of the pictures with what brings the desk there."""

    def box(opened: OpenedDesk, text: str) -> SearchField:
        opened.window.do("search")
        field = opened.window.queue.search
        field.setText(text)
        field.textEdited.emit(text)
        field.search_now()
        settle(opened)
        return field

    def typing(text: str, down: int = 0) -> Prepare:
        def prepare(opened: OpenedDesk) -> None:
            completions = box(opened, text).completions
            for _ in range(down):
                completions.move_by(1)

        return prepare

    def searching(text: str) -> Prepare:
        def prepare(opened: OpenedDesk) -> None:
            opened.window.queue.search.setText(text)
            opened.window.queue.search_now()
            settle(opened)

        return prepare

    def wrong(opened: OpenedDesk) -> None:
        searching("account")(opened)
        box(opened, WRONG_QUERY)

    def everything(opened: OpenedDesk) -> None:
        opened.window.do("go-all")
        searching("*")(opened)

    def doing(*actions: str) -> Prepare:
        def prepare(opened: OpenedDesk) -> None:
            for action in actions:
                opened.window.do(action)
                settle(opened)

        return prepare

    def saving(opened: OpenedDesk) -> None:
        searching("account -is:reviewed")(opened)
        opened.window.do("save-view")
        opened.window.finding.view_form.name.setText("Accounts that nobody looked at")

    def putting_off(opened: OpenedDesk) -> None:
        doing("snooze")(opened)
        opened.window.pane.later.time.setText("friday 10:00")
        opened.window.pane.later.why.setText("The user is away until then")

    def page(opened: OpenedDesk) -> None:
        found = opened.desk.app.ask(ListTickets(view="all", limit=200)).tickets
        seen = [each for row in found[:60] for each in opened.desk.app.ask(GetTicket(id=row.id)).observables]
        telling = max((each for each in seen if not each.own), key=lambda each: each.tickets)
        opened.window.pivoting.panel.begin(telling.value)

    def alike(status: str = "") -> Prepare:
        def prepare(opened: OpenedDesk) -> None:
            app, window = opened.desk.app, opened.window
            rows = app.ask(ListTickets(view="inbox", limit=60)).tickets
            answers = {row.id: app.ask(GetSimilar(what=str(row.id))).similar for row in rows}
            ticket = max(answers, key=lambda each: sum(hit.strong for hit in answers[each][:5]))
            window.queue.wait_for(ticket)
            settle(opened)
            tab = window.pane.similar
            tab.statuses[status].setChecked(True)
            window.do("tab-similar")
            # It asks for itself some time after a ticket is in hand.
            tab.wanted.emit()
            settle(opened)

        return prepare

    def making(opened: OpenedDesk) -> None:
        opened.window.do("new-ticket")
        form = opened.window.finding.new_ticket
        form.subject.setText("Caller clicked a link in a mail about a parcel")
        form.who.setText("reception@example.org")
        form.text.setPlainText("She typed her password at http://parcel.partner.example/login this morning.")
        form.suggestion_wanted.emit("Caller clicked a link in a mail about a parcel")

    return {
        "search-fields": typing(""),
        "search-completion": typing("is:open cate", down=1),
        "search-values": typing("severity:"),
        "search-query": searching(LONG_QUERY),
        "search-wrong": wrong,
        "search-broad": everything,
        "saved-view": doing("saved-1"),
        "save-view": saving,
        "waiting": doing("go-waiting"),
        "put-off": putting_off,
        "follow-up": doing("follow-up"),
        "new-ticket": making,
        "pivot": page,
        "similar": alike(),
        "similar-none": alike("past"),
        "merge": doing("select", "extend-next", "extend-next", "merge"),
    }
