"""Pictures of likeness: two tickets side by side, and campaigns."""

from collections import Counter
from collections.abc import Callable

from triage_app.domain.ticket import TicketId
from triage_app.gui.application import OpenedDesk
from triage_app.services.queries import ListTickets
from triage_app.services.search_queries import GetCampaign, GetSimilar

Prepare = Callable[[OpenedDesk], object]

PAIR_SCREENS = ("side-by-side", "side-by-side-unlike", "campaign", "campaign-varied", "campaign-none")
LOOKED_AT = 1_000
MOST_FREQUENT = 12


def pair_screens(settle: Callable[..., None]) -> dict[str, Prepare]:
    """The names of the pictures with what brings the desk there."""

    def alike(place: int) -> Prepare:
        def prepare(opened: OpenedDesk) -> None:
            ticket = _frequent(opened)[0]
            found = opened.desk.app.ask(GetSimilar(what=str(ticket), limit=20)).similar
            # One that was decided tells the most.
            found = tuple(sorted(found, key=lambda each: (each.verdict is None, -each.score)))
            opened.window.comparing.show_pair(ticket, found[place].id)

        return prepare

    def campaign(opened: OpenedDesk) -> None:
        opened.window.comparing.show_campaign(_frequent(opened)[0])

    def varied(opened: OpenedDesk) -> None:
        campaigns = {ticket: opened.desk.app.ask(GetCampaign(id=ticket)) for ticket in _frequent(opened)}
        opened.window.comparing.show_campaign(max(campaigns, key=lambda each: len(campaigns[each].slots)))

    def lonely(opened: OpenedDesk) -> None:
        opened.window.comparing.show_campaign(opened.desk.app.ask(ListTickets(view="all", limit=1)).tickets[0].id)

    return dict(zip(PAIR_SCREENS, (alike(0), alike(-1), campaign, varied, lonely), strict=True))


def _frequent(opened: OpenedDesk) -> list[TicketId]:
    """One ticket of each subject that many have, the most frequent first."""
    rows = [row for row in opened.desk.app.ask(ListTickets(view="all", limit=LOOKED_AT)).tickets if row.subject]
    ticket_of = {row.subject: row.id for row in rows}
    return [ticket_of[subject] for subject, _number in Counter(row.subject for row in rows).most_common(MOST_FREQUENT)]
