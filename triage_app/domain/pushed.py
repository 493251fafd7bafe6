"""What a post to the local API holds: one alert, an array of them, or one a line."""

import re
from collections.abc import Iterator

import msgspec

from triage_app.domain.errors import InvalidInput

_ONE = msgspec.json.Decoder(msgspec.Raw)
_MANY = msgspec.json.Decoder(list[msgspec.Raw])
_BYTE = re.compile(r"\(byte (\d+)\)")


def pushed_alerts(body: bytes) -> tuple[bytes, ...]:
    """The alerts of a post, each byte for byte as it was sent.

    Raises InvalidInput that names the line of what is no JSON, or no object, for the post as a whole.
    """
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise _broken(_line(body, error.start), "it is not UTF-8") from error
    text = body.strip()
    if not text:
        raise InvalidInput("Nothing was sent. Send one alert as a JSON object, an array of them, or one a line.")
    if text.startswith(b"["):
        return tuple(_array(body))
    if _is_by_line(text):
        return tuple(_lines(body))
    return (_object(_decoded(body, 0), _line(body, len(body) - len(body.lstrip()))),)


def _is_by_line(text: bytes) -> bool:
    """Whether the first of several lines is complete by itself."""
    first, _, rest = text.partition(b"\n")
    if not rest.strip():
        return False
    try:
        _ONE.decode(first)
    except (msgspec.MsgspecError, RecursionError):
        return False
    return True


def _array(body: bytes) -> Iterator[bytes]:
    try:
        found = _MANY.decode(body)
    except RecursionError as error:
        raise InvalidInput("The JSON is nested too deeply. Send alerts with fewer levels.") from error
    except msgspec.MsgspecError as error:
        raise _broken(_line(body, _offset(body, error)), str(error)) from error
    for number, each in enumerate(found, 1):
        text = bytes(each).strip()
        if not text.startswith(b"{"):
            raise InvalidInput(f"Alert {number} of the array is no JSON object. Nothing of the post was taken.")
        yield text


def _lines(body: bytes) -> Iterator[bytes]:
    for number, line in enumerate(body.split(b"\n"), 1):
        if line.strip():
            yield _object(_decoded(line, number), number)


def _decoded(text: bytes, line: int) -> bytes:
    try:
        return bytes(_ONE.decode(text)).strip()
    except RecursionError as error:
        raise InvalidInput("The JSON is nested too deeply. Send alerts with fewer levels.") from error
    except msgspec.MsgspecError as error:
        raise _broken(line or _line(text, _offset(text, error)), str(error)) from error


def _object(text: bytes, line: int) -> bytes:
    if not text.startswith(b"{"):
        raise _broken(line, "an alert is a JSON object")
    return text


def _offset(text: bytes, error: Exception) -> int:
    found = _BYTE.search(str(error))
    return int(found[1]) if found else len(text.rstrip())


def _line(body: bytes, offset: int) -> int:
    return body.count(b"\n", 0, offset) + 1


def _broken(line: int, why: str) -> InvalidInput:
    return InvalidInput(f"line {line}: {why}. Nothing of the post was taken; correct it and send it again.")
