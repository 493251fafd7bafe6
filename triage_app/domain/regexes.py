"""Regexes that users write: RE2, so that no pattern and no text can make them slow."""

import re2

from triage_app.domain.problems import Path, Problems, shown

MAX_PATTERN = 1_000
"""Characters of one pattern."""

MAX_MEMORY = 4_000_000
"""Bytes that RE2 may take for one compiled pattern: counted repetition cannot be used to fill the memory."""

MAX_TEXT = 200_000
"""Characters of a text that are searched."""


class Regex:
    """A compiled pattern. Text is searched as UTF-8, lone surrogates as `?`."""

    __slots__ = ("_regex",)

    def __init__(self, regex: "re2._Regexp[bytes]") -> None:
        self._regex = regex

    def is_in(self, text: str) -> bool:
        """Whether it matches anywhere in the text."""
        return self._regex.search(_bytes(text)) is not None

    def is_all(self, text: str) -> bool:
        """Whether it matches the text from end to end."""
        return self._regex.fullmatch(_bytes(text)) is not None

    def captured(self, text: str) -> str | None:
        """The first group, or all that matched where there is no group; None where nothing did."""
        match = self._regex.search(_bytes(text))
        if match is None:
            return None
        found = match.group(1 if self._regex.groups else 0)
        return None if found is None else str(found, "utf-8", "replace")


def _bytes(text: str) -> bytes:
    return text[:MAX_TEXT].encode("utf-8", "replace")


def compile_regex(pattern: object, path: Path, problems: Problems) -> Regex | None:
    """The compiled pattern, or None with the reason among the problems; RE2's own syntax and limits decide."""
    if not isinstance(pattern, str) or not pattern:
        problems.add(path, f"A regex must be a text that is not empty, not {shown(pattern)}.")
        return None
    if len(pattern) > MAX_PATTERN:
        problems.add(path, f"The regex is longer than {MAX_PATTERN} characters: make it shorter.")
        return None
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    try:
        return Regex(re2.compile(pattern.encode("utf-8", "replace"), options))
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        problems.add(
            path,
            f"The regex {shown(pattern)} is refused: {said[:200]}. Look-around and back-references do not exist, and "
            "repetition has limits.",
        )
        return None
