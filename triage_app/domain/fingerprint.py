"""What makes two items the same: the parts of a key, their transforms, and their values as text.

A part is `field`, `field|transform`, or `field|transform|transform: argument`. Values stay readable: a key is shown
to people as it is, and only what is too long to show is cut and closed with its hash.
"""

import hashlib
import ipaddress
from collections.abc import Callable, Mapping, Sequence

from triage_app.domain.conditions import Fields, texts_of
from triage_app.domain.dedup import KeyPart
from triage_app.domain.problems import Path, Problems, hint, shown
from triage_app.domain.regexes import compile_regex
from triage_app.domain.templates import parameterised

MAX_PARTS = 10
MAX_VALUE = 400
"""Characters of a key's value; a longer one keeps its beginning and ends with the hash of the whole."""

MAX_LIST = 500
"""Values of one field that a key looks at."""

SEPARATOR = ", "

Texts = tuple[str, ...]
Transform = Callable[[Texts], Texts]
Part = Callable[[Fields], str | None]
Key = Callable[[Fields], tuple[str | None, ...]]

TRANSFORMS = ("lower", "regex", "domain", "subnet", "sorted", "template", "hash")


def compile_key(
    tree: object, path: Path, problems: Problems, *, check: Callable[[str], str] = lambda _name: ""
) -> tuple[tuple[KeyPart, ...], Key]:
    """The parts of a key and the closure that gives their values, None for each that is missing.

    `tree` is a part or a list of parts as read from a file; a part with an argument may be text or, as YAML reads
    `subnet: 24` without quotes, a map of one entry. `check` says what is wrong with the name of a field, or nothing.
    """
    specs = tree if isinstance(tree, list) else [tree]
    if not 0 < len(specs) <= MAX_PARTS:
        problems.add(path, f"A key has at least one field, and at most {MAX_PARTS}.")
        specs = []
    found = [
        _part(spec, (*path, place) if specs is tree else path, problems, check) for place, spec in enumerate(specs)
    ]
    parts = [each for each in found if each is not None]
    texts = [each.text for each, _ in parts]
    for text in {each for each in texts if texts.count(each) > 1}:
        problems.add(path, f"The key has {text} twice.")
    return tuple(part for part, _ in parts), _key([run for _, run in parts])


def _key(parts: Sequence[Part]) -> Key:
    if len(parts) == 1:
        only = parts[0]
        return lambda fields: (only(fields),)
    if len(parts) == 2:
        first, second = parts
        return lambda fields: (first(fields), second(fields))
    fixed = tuple(parts)
    return lambda fields: tuple([part(fields) for part in fixed])


def _part(spec: object, path: Path, problems: Problems, check: Callable[[str], str]) -> tuple[KeyPart, Part] | None:
    if isinstance(spec, Mapping) and len(spec) == 1:
        ((name, argument),) = spec.items()
        if isinstance(name, str) and isinstance(argument, str | int) and not isinstance(argument, bool):
            spec = f"{name}: {argument}"
    if not isinstance(spec, str):
        problems.add(path, f"A part of a key is a field with transforms, such as user.name|lower, not {shown(spec)}.")
        return None
    field, *steps = _split(spec)
    wrong = check(field) if field else f"{shown(spec)} names no field."
    if wrong:
        problems.add(path, wrong)
        return None
    transforms: list[Transform] = []
    for step in steps:
        transform = _transform(step, path, problems)
        if transform is None:
            return None
        transforms.append(transform)
    return KeyPart(field, spec), _value(field, transforms)


def _split(spec: str) -> list[str]:
    """Field and transforms; the pattern of a regex runs to the end, since it may hold a bar."""
    steps: list[str] = []
    rest = spec
    while True:
        head, bar, tail = rest.partition("|")
        if steps and head.strip().startswith("regex:"):
            return [*steps, rest.strip()]
        steps.append(head.strip())
        if not bar:
            return steps
        rest = tail


def _value(field: str, transforms: Sequence[Transform]) -> Part:
    if not transforms:
        return lambda fields: _whole(fields.get(field))
    if len(transforms) == 1 and transforms[0] is _lower:

        def lower(fields: Fields) -> str | None:
            value = fields.get(field)
            return _whole(value.lower()) if type(value) is str else _joined(_lower(texts_of(value)[:MAX_LIST]))

        return lower
    fixed = tuple(transforms)

    def run(fields: Fields) -> str | None:
        texts = texts_of(fields.get(field))[:MAX_LIST]
        for transform in fixed:
            texts = transform(texts)
        return _joined(texts)

    return run


def _whole(value: object) -> str | None:
    """A value without transforms, the usual text first."""
    if type(value) is str:
        text = value.strip()
        if len(text) <= MAX_VALUE and text.isascii() and text.isprintable():
            return text or None
        return shortened(text) or None
    return None if value is None else _joined(texts_of(value)[:MAX_LIST])


def _joined(texts: Texts) -> str | None:
    kept = [stripped for text in texts if (stripped := text.strip())]
    return shortened(SEPARATOR.join(kept)) or None


def shortened(text: str) -> str:
    """A value that any database holds and a person can read: no NUL, no lone surrogate, at most `MAX_VALUE`
    characters. What is longer stays different where it was different: it ends with the SHA-256 of the whole.
    """
    if "\x00" in text or not text.isascii():
        text = text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    if len(text) <= MAX_VALUE:
        return text
    return f"{text[: MAX_VALUE - 70]}… {_sha256(text)}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


# -- transforms ------------------------------------------------------------------------------------------------------


def _transform(step: str, path: Path, problems: Problems) -> Transform | None:
    name, colon, argument = (part.strip() for part in step.partition(":"))
    if name not in TRANSFORMS:
        problems.add(path, f"The transform {shown(name)} does not exist{hint(name, TRANSFORMS)}")
        return None
    if name == "regex":
        return _regex(argument, path, problems)
    if name == "subnet":
        return _subnet(argument, path, problems)
    if colon:
        problems.add(path, f"The transform {name} takes no argument, but has {shown(argument)}.")
        return None
    return {"lower": _lower, "domain": _domain, "sorted": _sorted, "template": _template, "hash": _hash}[name]


def _lower(texts: Texts) -> Texts:
    return tuple([text.lower() for text in texts])


def _sorted(texts: Texts) -> Texts:
    return tuple(sorted(set(texts)))


def _template(texts: Texts) -> Texts:
    return tuple([parameterised(text) for text in texts])


def _hash(texts: Texts) -> Texts:
    return tuple([_sha256(text) for text in texts])


def _domain(texts: Texts) -> Texts:
    """Of a mail address what stands after the last @, of a link its host, of anything else itself; in lower case."""
    return tuple([found for text in texts if (found := host_part(text))])


def host_part(text: str) -> str:
    """The host in a mail address, a link or a host with a port, in lower case without a final dot."""
    text = text.strip().lower()
    _, scheme, rest = text.partition("://")
    if scheme:
        text = rest.replace("\\", "/").partition("/")[0].partition("?")[0].partition("#")[0]
    text = text.rpartition("@")[2]
    if text.startswith("["):
        return text[1:].partition("]")[0]
    if text.count(":") == 1:
        text = text.partition(":")[0]
    return text.strip("<>").rstrip(".")


def _regex(argument: str, path: Path, problems: Problems) -> Transform | None:
    if len(argument) >= 2 and argument[0] == argument[-1] and argument[0] in "\"'":
        argument = argument[1:-1]
    found = compile_regex(argument, path, problems)
    if found is None:
        return None
    captured = found.captured
    return lambda texts: tuple([one for text in texts if (one := captured(text)) is not None])


def _subnet(argument: str, path: Path, problems: Problems) -> Transform | None:
    """Networks instead of addresses: /24 of IPv4 and /64 of IPv6 unless a length is given for both."""
    if argument.startswith("/"):
        argument = argument[1:]
    if argument and not (argument.isascii() and argument.isdecimal() and 1 <= int(argument[:4]) <= 128):
        problems.add(path, f"A subnet has a length from 1 to 128, not {shown(argument)}.")
        return None
    length = int(argument) if argument else 0

    def one(text: str) -> str:
        try:
            address = ipaddress.ip_address(text.strip())
        except ValueError:
            return ""
        bits = min(length or (24 if address.version == 4 else 64), address.max_prefixlen)
        return str(ipaddress.ip_network((address.packed, bits), strict=False))

    return lambda texts: tuple([network for text in texts if (network := one(text))])
