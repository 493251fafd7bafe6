from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import TicketId
from triage_app.gui import similar_operations
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.similar_operations import EVERYTHING, Sought
from triage_app.services.queries import ListTicketIds
from triage_app.services.search_queries import SimilarList

NOWHERE = TicketId(999_999)


def test_a_newer_question_drops_the_one_before(opened: OpenedDesk) -> None:
    ids = opened.desk.app.ask(ListTicketIds()).ids[:2]
    got: list[tuple[TicketId, SimilarList]] = []
    errors: list[TriageError] = []

    def ask(ticket: TicketId) -> None:
        similar_operations.load_similar(
            opened.desk, ticket, Sought("open"), lambda answer: got.append((ticket, answer)), errors.append
        )

    ask(ids[0])
    ask(ids[1])
    settle(opened)
    assert [ticket for ticket, _answer in got] == [ids[1]]
    assert all(hit.verdict is None for hit in got[0][1].similar)


def test_what_cannot_be_found_is_handed_to_the_one_who_asked(opened: OpenedDesk) -> None:
    errors: list[TriageError] = []
    similar_operations.load_similar(opened.desk, NOWHERE, EVERYTHING, lambda _answer: None, errors.append)
    similar_operations.count_pattern(opened.desk, NOWHERE, lambda _total: None, errors.append)
    settle(opened)
    assert [error.code for error in errors] == ["not_found", "not_found"]
