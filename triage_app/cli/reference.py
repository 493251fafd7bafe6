"""The reference of all commands as Markdown, made from the registry: `python -m triage_app.cli.reference`."""

import sys
from dataclasses import MISSING

import click

from triage_app.cli.parameters import PLAN_HELP, parameters
from triage_app.cli.serve import serve_command
from triage_app.services.queries import Document
from triage_app.services.registry import VERBS, Verb, verb_of

HEAD = """# Commands

Everything the desk does has a name here; `--json` makes each answer one JSON document. Global flags come first:
`triage [--workspace DIR] [--json] VERB`. A command changes something and is logged; a query only asks.
"""


def reference() -> str:
    """The page, with every verb in the registry's order."""
    return "\n".join([HEAD, *(_section(verb) for verb in VERBS), _serve()])


def _section(verb: Verb) -> str:
    usage = " ".join(["triage", verb.name, *(_usage(each) for each in parameters(verb))])
    kind = "Command" if verb.is_command else "Query"
    lines = [f"## {verb.name}", "", f"`{usage}`", "", f"{kind}. {' '.join(verb.help.split())}", ""]
    rows = [f"| `{each.name.replace('_', '-')}` | {each.help} | {_default(each.default)} |" for each in verb.arguments]
    if verb.plan is not None:
        rows.append(f"| `plan` | {PLAN_HELP} This is `{verb_of(verb.plan).name}`. | |")
    if verb.answer is Document:
        rows.append("| `out` | The file to write to; standard output if left out. | |")
    if rows:
        lines += ["| field | meaning | default |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _serve() -> str:
    """The command that is no verb."""
    command = serve_command(lambda _call, _serving: 0)
    usage = " ".join(["triage serve", *(_usage(each) for each in command.params)])
    options = [each for each in command.params if isinstance(each, click.Option)]
    rows = [f"| `{each.opts[0].removeprefix('--')}` | {each.help} | {_shown(each)} |" for each in options]
    head = ["## serve", "", f"`{usage}`", "", f"Neither: it opens a door to all the others. {command.help}", ""]
    return "\n".join([*head, "| field | meaning | default |", "|---|---|---|", *rows, ""])


def _shown(option: click.Option) -> str:
    return f"`{option.default}`" if option.show_default else ""


def _usage(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Option):
        value = "" if parameter.is_flag else f" {parameter.metavar or (parameter.name or '').upper()}"
        text = f"{parameter.opts[0]}{value}"
        return text if parameter.required else f"[{text}]"
    return parameter.make_metavar(click.Context(click.Command("x")))


def _default(value: object) -> str:
    if value is MISSING:
        return "needed"
    return f"`{value}`" if value is not False and value not in (None, "", ()) else ""


if __name__ == "__main__":
    sys.stdout.write(reference())
