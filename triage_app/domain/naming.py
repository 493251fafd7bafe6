"""Which observable a person means by a value."""

import re

from triage_app.domain.errors import InvalidObservable
from triage_app.domain.extract import extract
from triage_app.domain.filenames import has_known_extension
from triage_app.domain.observable import Observable, ObservableKind, normalise

LONGEST = 10_000
"""Characters of a value that is looked at."""

_IN_TURN = (
    ObservableKind.URL,
    ObservableKind.EMAIL,
    ObservableKind.IPV4,
    ObservableKind.IPV6,
    ObservableKind.MD5,
    ObservableKind.SHA1,
    ObservableKind.SHA256,
    ObservableKind.SHA512,
    ObservableKind.CVE,
    ObservableKind.ATTACK,
    ObservableKind.MAC,
    ObservableKind.REGISTRY,
    ObservableKind.WINDOWS_PATH,
    ObservableKind.BITCOIN,
    ObservableKind.ASN,
    ObservableKind.DOMAIN,
    ObservableKind.FILE_NAME,
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_AROUND = " \t\r\n<>\"'`,;"


def meanings(value: str) -> tuple[Observable, ...]:
    """What a value, live or defanged, may be as a whole, the likeliest first; where it is nothing as a whole, the one
    observable that it holds. "evil.com" may be a domain and a file name. Empty where it is none.
    """
    written = value.strip(_AROUND)
    if not written or len(written) > LONGEST or _SURROGATE.search(written):
        return ()
    found = []
    for kind in _IN_TURN:
        # A bare number is no AS number, whatever else it may be.
        if kind is ObservableKind.ASN and not written[:2].isalpha():
            continue
        try:
            found.append(Observable(kind, normalise(kind, written)))
        except InvalidObservable:
            continue
    if all(each.kind is ObservableKind.FILE_NAME for each in found) and not any(map(str.isspace, written)):
        found = [*extract(written, limit=1), *found]
    return tuple(dict.fromkeys(found))


def is_sure(observable: Observable) -> bool:
    """Whether a value is an observable by its form alone: anything may be the name of a file."""
    return observable.kind is not ObservableKind.FILE_NAME or has_known_extension(observable.value)
