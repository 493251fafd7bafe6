"""Labels as people say them."""

from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Dataset


def own_label(dataset: Dataset, wanted: str) -> str:
    """The dataset's own spelling of a label, whatever the case; raises InvalidInput with the labels there are."""
    for label in dataset.labels:
        if label.casefold() == wanted.strip().casefold():
            return label
    raise InvalidInput(f"{dataset.name} has no label {wanted!r}. It has: {', '.join(dataset.labels)}.")
