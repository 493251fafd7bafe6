"""Whether one line of JSON lines is an alert."""

import json

import msgspec

_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


def why_no_alert(row: bytes) -> str:
    """Why a line is no alert, or nothing where it is one: a JSON object, also as only a lenient reader takes it."""
    try:
        _OBJECT.decode(row)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        try:
            if isinstance(json.loads(row), dict):
                return ""
        except (ValueError, RecursionError):
            pass
        return f"The line is not a JSON object: {short(error)}"
    return ""


def short(error: Exception) -> str:
    """What was wrong with some JSON, in a few words."""
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]
