"""The page of all kinds of sources, made from their manifests: `python -m tests.kinds > docs/source-kinds.md`."""

import sys
from collections.abc import Iterable

from tests.fakes.box import MemorySecrets
from triage_app.adapters.catalog import SCOPES, connectors
from triage_app.adapters.clock import system_clock
from triage_app.adapters.files.reader import FilesReader
from triage_app.adapters.net.tokens import Tokens
from triage_app.domain.source import Field, FieldKind, Manifest
from triage_app.services.feeds import Connector

HEAD = """# Kinds of sources

What each kind of source can be told. `triage source kinds` prints the same; [sources.md](sources.md) says how to use
them. A value is always a text: a flag is `yes` or `no`, a list has one entry a line (on the command line: `--set` once
for each), and a secret is given by `--secret NAME`.
"""


def every_connector() -> tuple[Connector, ...]:
    """All that the program is built with, signed in nowhere."""
    return connectors(FilesReader(), system_clock, Tokens(MemorySecrets(), system_clock, SCOPES))


def page() -> str:
    """The whole page, kinds in the order of their names."""
    manifests = sorted((each.manifest for each in every_connector()), key=lambda each: each.kind)
    return "\n".join([HEAD, *_sections(manifests)])


def _sections(manifests: Iterable[Manifest]) -> Iterable[str]:
    for each in manifests:
        lines = [f"## {each.kind}", "", f"{each.title}. {each.summary}", ""]
        if each.pushes:
            lines += ["It listens to what others send, so it brings something only while it is followed.", ""]
        lines += ["| setting | form | default | meaning |", "|---|---|---|---|", *map(_row, each.fields), ""]
        yield "\n".join(lines)


def _row(field: Field) -> str:
    form = " or ".join(f"`{choice}`" for choice in field.choices) if field.choices else field.kind.value
    if field.kind is FieldKind.NUMBER:
        form = f"number from {field.low}" + (f" to {field.high}" if field.high < 2**31 else "")
    shown = field.default.replace("\n", "`, `")
    default = "needed" if field.required else f"`{shown}`" if field.default else ""
    return f"| `{field.name}` | {form} | {default} | {field.title}: {field.help} |".replace("\n", " ")


if __name__ == "__main__":
    sys.stdout.write(page())
