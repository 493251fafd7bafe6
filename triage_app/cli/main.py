"""The command line's entry: global flags, one click command a verb, errors and exit codes."""

import signal
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from triage_app.cli.parameters import asked, build, parameters
from triage_app.cli.render import error_json, to_json, to_text
from triage_app.cli.serve import Serving, serve_command
from triage_app.domain.errors import Cancelled, InvalidInput, InvalidState, TriageError, Unexpected
from triage_app.services.context import CancelToken, Invitation, Progress
from triage_app.services.queries import Document, bytes_of
from triage_app.services.registry import VERBS, Verb

if TYPE_CHECKING:  # handlers and all that they need would make `--help` slow
    from triage_app.services.app import App

EXIT_ERROR = 1
EXIT_USAGE = 2
EXIT_CANCELLED = 130
PROGRESS_EVERY = 1_000

GROUPS = {
    "dataset": "Label sets with their examples, labels and keywords",
    "dedup": "The rules of what makes items the same",
    "report": "What came of predictions, by month",
    "source": "Mailboxes and feeds that are followed",
    "token": "Tokens of the local API",
    "view": "Queries that are saved under a name",
}
"""What verbs that share their first word are about."""


def refuse_to_serve(_app: "App", _workspace: Path | None, _serving: Serving) -> int:
    """The door of a program that cannot serve."""
    raise InvalidInput("This program was started without a server.")


@dataclass(frozen=True, slots=True)
class Doors:
    """What lies outside the command line.

    `open_app` opens a workspace (None: the default one; the verb's name lets the demo have its own), `connect` one on
    another machine (its address, and a file of certificates to trust or None), `open_desk` shows the window on it, and
    `after` holds what follows a verb when its answer is for a person, and `serve` serves a workspace until it is over.
    """

    open_app: "Callable[[Path | None, str], App]"
    connect: "Callable[[str, Path | None], App]"
    open_desk: Callable[["App", Path | None], int]
    after: Mapping[str, Callable[["App", Path | None], int]]
    serve: Callable[["App", Path | None, Serving], int] = refuse_to_serve


@dataclass(slots=True)
class Call:
    """The global flags of one call."""

    workspace: Path | None
    server: str
    ca: Path | None
    as_json: bool
    doors: Doors

    def open(self, verb: str) -> "App":
        """The App that the flags name."""
        if not self.server:
            return self.doors.open_app(self.workspace, verb)
        if self.workspace is not None:
            raise InvalidInput("Give --workspace for a workspace here, or --server for one elsewhere, not both.")
        return self.doors.connect(self.server, self.ca)


def command_line(arguments: Sequence[str], doors: Doors) -> int:
    """Run one command line; returns the exit code. With `--json` exactly one JSON document goes to standard output."""
    as_json = "--json" in arguments
    try:
        code = make_group(doors).main(list(arguments), prog_name="triage", standalone_mode=False)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        return _fail("usage", error.format_message(), as_json=as_json, code=EXIT_USAGE)
    except (Cancelled, click.Abort, KeyboardInterrupt) as error:
        return _fail("cancelled", str(error) or "Stopped.", as_json=as_json, code=EXIT_CANCELLED)
    except TriageError as error:
        return _fail(error.code, error.message, as_json=as_json, code=EXIT_ERROR)
    except BrokenPipeError:
        return EXIT_ERROR
    except Exception as error:  # noqa: BLE001  a script gets its one document whatever happens
        traceback.print_exc()
        what = f"{type(error).__name__}: {error}"
        return _fail(
            Unexpected.code, f"This should not happen ({what}). Please report it.", as_json=as_json, code=EXIT_ERROR
        )
    return int(code or 0)


class _Verbs(click.Group):
    """Makes a verb's click command only when it is asked for: start-up stays short however many verbs there are.

    Verbs of two words are commands of a group that bears the first one; `of` is that word.
    """

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._before = f"{of} " if of else ""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(self._lines())

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        for verb in VERBS:
            if verb.name == self._before + cmd_name:
                return _click_command(verb)
        if self._before == "" and cmd_name == "serve":
            return serve_command(_serve)
        if self._before == "" and cmd_name in self._lines():
            return _Verbs(of=cmd_name, name=cmd_name, help=f"{GROUPS[cmd_name]}.")
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs with their first sentence, without making all their commands."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(self._lines().items()))

    def _lines(self) -> dict[str, str]:
        """The next word of each verb with what it does; for the first of two words what the group is about."""
        found: dict[str, str] = {}
        for verb in VERBS:
            if verb.name.startswith(self._before):
                word, *more = verb.name.removeprefix(self._before).split(" ")
                found.setdefault(word, f"{GROUPS[word]}: {_words_of(word)}." if more else verb.help.split("\n", 1)[0])
        if not self._before:
            found["serve"] = "Serve the workspace over HTTP."
        return found


def _serve(call: "Call", serving: Serving) -> int:
    if call.server:
        raise InvalidInput("Only a workspace of this machine can be served. Leave --server out.")
    app = call.open("serve")
    try:
        return call.doors.serve(app, call.workspace, serving)
    finally:
        app.close()


def _words_of(group: str) -> str:
    return ", ".join(verb.name.partition(" ")[2] for verb in VERBS if verb.name.startswith(f"{group} "))


def make_group(doors: Doors) -> click.Group:
    """The whole command line as a click group; nothing is opened before a verb runs."""

    @click.pass_context
    def root(ctx: click.Context, /, **given: Any) -> int:
        call = Call(given["workspace"], given["server"], given["ca"], given["as_json"], doors)
        ctx.obj = call
        if ctx.invoked_subcommand is not None:
            return 0
        app = call.open("")
        try:
            return doors.open_desk(app, call.workspace)
        finally:
            app.close()

    return _Verbs(
        name="triage",
        callback=root,
        invoke_without_command=True,
        help="Triage: mail and alerts in one queue, with suggestions that say why. Alone it opens the desktop.",
        params=[
            click.Option(
                ["--workspace"],
                type=click.Path(path_type=Path),
                envvar="TRIAGE_WORKSPACE",
                help="The workspace's folder.",
            ),
            click.Option(
                ["--server"],
                envvar="TRIAGE_SERVER",
                default="",
                help="The address of a workspace on another machine; its token comes from TRIAGE_TOKEN.",
            ),
            click.Option(
                ["--ca"],
                type=click.Path(path_type=Path),
                envvar="TRIAGE_CA",
                help="With --server: a file of the certificates to trust, in PEM form.",
            ),
            click.Option(["--json", "as_json"], is_flag=True, help="One JSON document on standard output."),
        ],
    )


def _click_command(verb: Verb) -> click.Command:
    gives_document = verb.answer is Document
    extra: list[click.Parameter] = []
    if gives_document:
        extra.append(click.Option(["--out"], type=click.Path(path_type=Path), help="The file to write to."))

    @click.pass_obj
    def run(call: Call, /, **given: Any) -> int:
        out = given.pop("out", None) if gives_document else None
        meant = asked(verb, given)
        command = build(meant, given)
        app = call.open(verb.name)
        try:
            answer = _ask(app, meant, command)
            if out is not None:
                _save(answer, out)
                answer = Document(str(out), answer.media_type, answer.rows, "")
            if call.as_json:
                _write(to_json(answer))
                return 0
            if gives_document and answer.base64:
                _write_bytes(answer)
                return 0
            after = call.doors.after.get(verb.name)
            _write(answer.content if gives_document and out is None else to_text(answer))
            return after(app, call.workspace) if after else 0
        finally:
            app.close()

    return click.Command(verb.name.rpartition(" ")[2], callback=run, params=[*parameters(verb), *extra], help=verb.help)


def _save(document: Document, out: Path) -> None:
    try:
        out.write_bytes(bytes_of(document))
    except OSError as error:
        raise InvalidState(f"Could not write {out}: {error.strerror}. Choose another place.") from error


def _write_bytes(document: Document) -> None:
    """A document that is no text, to a file or a pipe; raises InvalidInput where a person would see it."""
    if sys.stdout.isatty():
        raise InvalidInput(f"{document.name} is no text. Name a file for it: `--out {document.name}`.")
    sys.stdout.buffer.write(bytes_of(document))
    sys.stdout.buffer.flush()


def _ask(app: "App", verb: Verb, command: Any) -> Any:
    """Run it; the first Ctrl+C, or the system's request to end, asks a long command to stop after its current batch.

    The second one kills as usual.
    """
    cancel = CancelToken()
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for each, handler in before.items():
            signal.signal(each, handler)

    def stop(_number: int, _frame: FrameType | None) -> None:
        cancel.cancel()
        restore()

    for each in before:
        signal.signal(each, stop)
    show = _ProgressLine()
    try:
        if verb.is_command:
            return app.execute(command, progress=show, cancel=cancel)
        return app.ask(command, progress=show, cancel=cancel)
    finally:
        restore()
        if sys.stderr.isatty():
            click.echo("\r\x1b[K", nl=False, err=True)


class _ProgressLine:
    """A line that is rewritten, only where a person looks at it; an invitation stands above it, in a log as well."""

    def __init__(self) -> None:
        self._invited: Invitation | None = None

    def __call__(self, progress: Progress) -> None:
        watched = sys.stderr.isatty()
        clear = "\r\x1b[K" if watched else ""
        if progress.invitation not in (None, self._invited):
            self._invited = progress.invitation
            click.echo(f"{clear}{progress.invitation.sentence}", err=True)
        if watched:
            of = f" of {progress.total:,}" if progress.total else ""
            click.echo(f"{clear}{progress.done:,}{of} {progress.what}", nl=False, err=True)


def _fail(name: str, message: str, *, as_json: bool, code: int) -> int:
    if as_json:
        _write(error_json(name, message))
    else:
        click.echo(message, err=True)
    return code


def _write(text: str) -> None:
    """To standard output as UTF-8, whatever the terminal's encoding says."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()
