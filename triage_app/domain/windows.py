"""Windows paths, UNC paths and registry keys in running text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triage_app.domain.filenames import has_known_extension

_CHAR = r'[^\s\\/:*?"<>|\x00-\x1f\x7f]'
_WORDS = rf"{_CHAR}{{1,120}}(?: {_CHAR}{{1,60}}){{0,4}}"
_START = re.compile(
    r"(?<![\w])(?:Computer\\{1,2}|Registry::)?"
    r"(?P<hive>HKEY_(?:LOCAL_MACHINE|CURRENT_USER|CLASSES_ROOT|USERS|CURRENT_CONFIG)|HK(?:LM|CU|CR|CC|U)):?\\{1,2}"
    r"|(?<![A-Za-z0-9])(?P<drive>[A-Za-z]:)\\{1,2}(?!\\)"
    r"|(?P<variable>%[A-Za-z][\w()]{1,30}%)\\{1,2}"
    r"|(?<![\\\w:])\\{2,4}(?P<server>[\w.-]{1,253}(?:@[\w@]{1,12})?)\\{1,2}",
    re.IGNORECASE,
)
_FOLDERS = re.compile(rf"(?:{_WORDS}\\{{1,2}}){{0,48}}")
_LAST = re.compile(_WORDS)
_SEPARATOR = re.compile(r"\\{1,2}")
_QUOTED = re.compile(r'[^"\r\n*?<>|]{1,400}(?=")')
_IN_NO_PATH = re.compile(r'[/:*?"<>|\x00-\x1f]')
_IN_NO_KEY = re.compile(r"[\x00-\x1f]")
LONGEST_PATH = 32_767
_TRAILING = ".,;:)]}'!`"
# Where one of these follows a space, the sentence has gone on.
_PROSE = re.compile(
    r" (?:a|also|and|as|at|but|by|for|from|in|into|is|of|on|or|ran|running|see|so|than|that|the|then|to|use|using|via|"
    r"was|were|which|with|und|oder|et|y|e)(?= |\Z)"
)
_HIVES = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKU": "HKEY_USERS",
    "HKCC": "HKEY_CURRENT_CONFIG",
}
_NAMED_WITH_AND = "documents and settings"


@dataclass(frozen=True, slots=True)
class WindowsPath:
    """A path or registry key in normal form, where it stood, the server of a UNC path and the last name, or ""."""

    text: str
    start: int
    end: int
    is_registry: bool
    server: str
    last: str


def _prose_at(name: str) -> int:
    """The offset at which a name with spaces turns into prose, or its length."""
    if name.lower().startswith(_NAMED_WITH_AND):
        return len(name)
    match = _PROSE.search(name)
    end = match.start() if match else len(name)
    first = name.partition(" ")[0]
    # "b.exe HKLM\\..." are two.
    return min(end, len(first)) if has_known_extension(first) else end


def _last_length(words: str, *, of_key: bool) -> int:
    """How many characters of the words behind the last separator are its name.

    A file's name may hold spaces only when a known extension ends it; a key's never does.
    """
    first = words.partition(" ")[0]
    if not of_key and not has_known_extension(first.rstrip(_TRAILING)):
        end = _prose_at(words)
        for match in re.finditer(r"(?= |\Z)", words):
            name = words[: min(match.start(), end)].rstrip(_TRAILING)
            if has_known_extension(name) and not any(sign in name for sign in ",;"):
                return len(name)
    return len(first.rstrip(_TRAILING))


def _body(text: str, start: int, *, of_key: bool) -> tuple[list[str], int]:
    """The names behind a root and the offset behind the last of them."""
    folders = _FOLDERS.match(text, start)
    names: list[str] = []
    at = start
    for part in _SEPARATOR.split(folders[0])[:-1] if folders else ():
        cut = _prose_at(part)
        if cut < len(part):
            name = part[: _last_length(part[:cut], of_key=of_key)]
            return [*names, name] if name else names, at + len(name)
        names.append(part)
        at += len(part)
        at += 2 if text.startswith("\\\\", at) else 1
    last = _LAST.match(text, at)
    name = last[0][: _last_length(last[0], of_key=of_key)] if last else ""
    return [*names, name] if name else names, at + len(name)


def _root(match: re.Match[str]) -> str:
    """What the names hang on: a hive by its long name, a server with its two backslashes, a drive or a variable."""
    if hive := match["hive"]:
        return _HIVES.get(hive.upper(), hive.upper())
    if server := match["server"]:
        return f"\\\\{server}"
    return (match["drive"] or match["variable"]).upper()


def _read(text: str, match: re.Match[str]) -> WindowsPath | None:
    start, at = match.start(), match.end()
    hive, server = match["hive"], match["server"] or ""
    quoted = _QUOTED.match(text, at) if text[start - 1 : start] == '"' and "\\" not in text[at - 2 : at - 1] else None
    if quoted is not None and not hive and "/" not in quoted[0] and ":" not in quoted[0]:
        names, end = [name for name in _SEPARATOR.split(quoted[0].strip()) if name], quoted.end()
    else:
        names, end = _body(text, at, of_key=hive is not None)
    if not names:
        return None
    last = "" if hive or text[end - 1 : end] == "\\" else names[-1]
    return WindowsPath("\\".join((_root(match), *names)), start, end, hive is not None, server, last)


def find_windows_paths(text: str) -> Iterator[WindowsPath]:
    """Paths with a drive, a variable or a server, and registry keys, in order. Doubled backslashes count as one.

    Normal form: hive by its long name, drive and variable in capitals, the rest in the case it was written in.
    """
    at = 0
    while (match := _START.search(text, at)) is not None:
        path = _read(text, match)
        at = match.end() if path is None else path.end
        if path is not None:
            yield path


def windows_path_of(text: str) -> WindowsPath | None:
    """The path or key that is the whole of `text`, whose names may here hold spaces anywhere; or None."""
    text = text.strip().strip('"')
    match = _START.match(text)
    if match is None or len(text) > LONGEST_PATH:
        return None
    names = [name for name in _SEPARATOR.split(text[match.end() :]) if name]
    is_key = match["hive"] is not None
    if not names or (_IN_NO_KEY if is_key else _IN_NO_PATH).search(text, match.end()):
        return None
    path = "\\".join((_root(match), *names))
    return WindowsPath(path, 0, len(text), is_key, match["server"] or "", "" if is_key else names[-1])
