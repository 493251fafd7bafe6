from triage_app.domain.errors import TriageError
from triage_app.gui import pivot_operations
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.search_commands import ObservableSwitched


def test_what_cannot_be_done_is_handed_to_the_one_who_asked(opened: OpenedDesk) -> None:
    errors: list[TriageError] = []
    done: list[ObservableSwitched] = []
    pivot_operations.load_pivot(opened.desk, "no observable at all", lambda _pivot: None, errors.append)
    pivot_operations.ignore(opened.desk, "nowhere.example.com", done.append, errors.append)
    pivot_operations.heed(opened.desk, "nowhere.example.net", done.append, errors.append)
    settle(opened)
    assert sorted(error.code for error in errors) == ["invalid_input", "not_found", "not_found"]
    assert done == []
