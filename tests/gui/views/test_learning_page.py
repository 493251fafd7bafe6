from triage_app.gui.application import OpenedDesk
from triage_app.gui.views.learning_page import LearningPage
from triage_app.services.queries import ListDatasets


class Reading(LearningPage):
    """A page that notes which dataset it read."""

    def load(self) -> None:
        self.setAccessibleDescription(self.dataset.name if self.dataset else "")


def test_a_page_knows_its_dataset_before_it_is_read(opened: OpenedDesk) -> None:
    page = Reading(opened.desk, "Reading")
    page.show_dataset(opened.desk.app.ask(ListDatasets()).datasets[0])
    assert (page.accessibleName(), page.accessibleDescription()) == ("Reading", "category")
    assert (page.first, page.acts()) == (page, {})
