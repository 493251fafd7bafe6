"""Places in a JSON text by a small part of JSONPath (RFC 9535): names, indices and `*`. What lies there is kept."""

import re
from dataclasses import dataclass

import msgspec

_STEP = re.compile(
    r"""
    \.(?P<name>[^.\[\]'"*\s]+) | \.\* | \[\*\] | \[(?P<index>\d{1,9})\]
    | \['(?P<single>[^']+)'\] | \["(?P<double>[^"]+)"\]
    """,
    re.VERBOSE,
)
_NAMES = msgspec.json.Decoder(dict[str, msgspec.Raw])
_VALUES = msgspec.json.Decoder(list[msgspec.Raw])
_ANY = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A path: each step is a name, an index, or None for every value of an array or object."""

    steps: tuple[str | int | None, ...]

    @classmethod
    def of(cls, text: str) -> "JsonPath":
        """Read `$.a.b[0]['c d'][*]`; raises ValueError with a sentence for anything else."""
        if not text.startswith("$"):
            raise ValueError(f"{text} is no path. Begin it with $, as in $.alerts[*].")
        steps: list[str | int | None] = []
        place = 1
        while place < len(text):
            found = _STEP.match(text, place)
            if found is None:
                raise ValueError(f"{text} is not understood from {text[place:]} on. Use .name, ['name'], [0] and [*].")
            name = found["name"] or found["single"] or found["double"]
            steps.append(name or (int(found["index"]) if found["index"] else None))
            place = found.end()
        return cls(tuple(steps))

    def find(self, content: bytes) -> list[bytes]:
        """The values there, in order; none where there is no such place. `content` must be JSON."""
        values = [content]
        for step in self.steps:
            values = [inner for value in values for inner in _step(value, step)]
        return values

    def scalar(self, content: bytes) -> str | int | float | None:
        """The first value there that is a text or a number, None where there is none."""
        for value in self.find(content):
            try:
                found = _ANY.decode(value)
            except msgspec.ValidationError:  # a number that is none for a machine
                continue
            if isinstance(found, str | int | float) and not isinstance(found, bool):
                return found
        return None


def elements(content: bytes) -> list[bytes]:
    """The values of an array; of anything else itself."""
    return [bytes(each) for each in _VALUES.decode(content)] if _is(content, b"[") else [content]


def _step(content: bytes, step: str | int | None) -> list[bytes]:
    if _is(content, b"{") and not isinstance(step, int):
        names = _NAMES.decode(content)
        if step is None:
            return [bytes(each) for each in names.values()]
        return [bytes(names[step])] if step in names else []
    if _is(content, b"[") and not isinstance(step, str):
        values = _VALUES.decode(content)
        return [bytes(each) for each in (values if step is None else values[step : step + 1])]
    return []


def _is(content: bytes, opening: bytes) -> bool:
    return content.lstrip(b" \t\r\n")[:1] == opening
