"""Versions of models, those in the shadow, and whom nothing is learnt from, as a person reads them on a terminal."""

from triage_app.cli.tables import plain, table, unlinked
from triage_app.domain.learning import Model
from triage_app.services.learning_shapes import ForgottenList, ShadowReport
from triage_app.services.queries import ModelList


def version(model: Model) -> str:
    """One version: what it is, how good, and why it is in force or not."""
    rows = (
        ("version", f"{plain(model.id)}, {state(model)}"),
        ("examples", f"{model.examples:,} of {len(model.labels)} labels, {model.corrections:,} corrections by then"),
        ("quality", quality(model)),
        ("after", plain(model.parent or "")),
        ("suggested", ", ".join(map(plain, model.suspended)) and f"only: {', '.join(map(plain, model.suspended))}"),
        ("decision", plain(model.decision)),
    )
    return "\n".join(f"{name:<10} {value}" for name, value in rows if value)


def versions(listed: ModelList) -> str:
    """A line for each version, then why those that are in use or newest are what they are."""
    if not listed.models:
        return "There is no model yet: the first import makes one, and so does `triage train`."
    header = ["version", "state", "made", "examples", "corrections", "right on what it had not learnt"]
    rows = [
        [
            plain(each.id),
            state(each),
            f"{each.made_at:%Y-%m-%d %H:%M}",
            f"{each.examples:,}",
            f"{each.corrections:,}",
            quality(each) or "not measured",
        ]
        for each in listed.models
    ]
    newest = {each.dataset: each for each in reversed(listed.models)}
    told = [each for each in listed.models if each.decision and (each.active or each.shadow or each in newest.values())]
    blocks = [table(header, rows), "\n".join(f"{plain(each.id)}: {plain(each.decision)}" for each in told)]
    blocks += [f"! {plain(each)}" for each in listed.problems]
    return "\n\n".join(filter(None, blocks))


def state(model: Model) -> str:
    """What a version does now."""
    return "in force" if model.active else "in the shadow" if model.shadow else "kept"


def quality(model: Model) -> str:
    """How good it is on examples that it had not learnt from; empty where that was not measured."""
    found = model.quality
    return "" if found is None else f"{found.accuracy:.1%} of {found.n:,}, macro-F1 {found.macro_f1:.3f}"


def shadow(report: ShadowReport) -> str:
    """How a version in the shadow did, then where it differs."""
    lines = [
        f"{plain(report.model)} judged {report.judged:,} tickets and differs on {report.differ:,} from what was shown."
    ]
    if report.shadow_right or report.in_force_right:
        lines.append(
            f"Of those that people decided it was right on {report.shadow_right:,}, "
            f"the version in force on {report.in_force_right:,}."
        )
    header = ["ticket", "shown", "", "in the shadow", "", "people said", "subject"]
    rows = [
        [
            str(each.ticket),
            plain(each.in_force),
            f"{each.in_force_confidence:.0%}",
            plain(each.shadow),
            f"{each.shadow_confidence:.0%}",
            plain(each.truth) or "-",
            unlinked(each.subject),
        ]
        for each in report.disagreements
    ]
    return "\n\n".join(["\n".join(lines), *([table(header, rows)] if rows else [])])


def forgotten(listed: ForgottenList) -> str:
    """Whom nothing is learnt from."""
    if not listed.forgotten:
        return "Nobody is forgotten."
    header = ["kind", "who", "since", "by", "left out"]
    rows = [
        [each.kind.value, plain(each.value), f"{each.at:%Y-%m-%d %H:%M}", plain(each.by), f"{each.examples:,}"]
        for each in listed.forgotten
    ]
    return table(header, rows)
