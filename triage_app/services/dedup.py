"""The rules of de-duplication as people see them: their cards, a check, a new file, and why two items are the same."""

from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.dedup import Level, Rule, RuleSet, Window, WindowKind
from triage_app.domain.durations import duration_text
from triage_app.domain.errors import InvalidRules
from triage_app.services.commands import RulesSaved, SaveDedupRules
from triage_app.services.context import Context
from triage_app.services.dedup_queries import (
    CheckDedupRules,
    ListDedupRules,
    RuleCard,
    RuleCheck,
    RuleList,
    RuleProblem,
)
from triage_app.services.dedup_shapes import RuleFigures
from triage_app.services.overrules import advise
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result


def list_rules(_query: ListDedupRules, uow: UnitOfWork, ports: Ports, context: Context) -> RuleList:
    """The rules in force with what each has done; `text` is the file as it stands, which may be broken meanwhile."""
    rules = ports.rules.load()
    figures = {each.rule: each for each in uow.duplicates.figures()}
    return RuleList(
        tuple(_card(rule, figures.get(rule.name), uow, ports, context) for rule in rules.rules),
        ports.rules.text(),
        rules.config_id,
    )


def check_rules(query: CheckDedupRules, _uow: UnitOfWork, ports: Ports, _context: Context) -> RuleCheck:
    """Every mistake of a rule file with its line."""
    try:
        rules = ports.rules.parse(query.text)
    except InvalidRules as error:
        return RuleCheck(ok=False, rules=(), problems=tuple(RuleProblem(*each) for each in error.problems))
    return RuleCheck(ok=True, rules=_names(rules), problems=())


def save_rules(command: SaveDedupRules, ports: Ports, _context: Context) -> Result[RulesSaved]:
    """Put a rule file in force for all that comes in from now on; raises InvalidRules and leaves the rules in force.

    What was decided stays. The log keeps the text.
    """
    rules = ports.rules.save(command.text)
    return Result(RulesSaved(_names(rules), rules.config_id), changed(ChangeKind.RULES))


def window_words(window: Window) -> str:
    """A window in words: "gap 5m, at most 12h and 500 items, by event time"."""
    if window.kind is WindowKind.GAP:
        words = f"gap {duration_text(window.gap)}"
    elif window.kind in (WindowKind.HOUR, WindowKind.DAY):
        words = f"calendar {window.kind} ({window.zone})"
    else:
        words = window.kind.value.replace("_", " ")
    bounds = [] if window.max_life is None else [duration_text(window.max_life)]
    if window.max_count is not None:
        bounds.append(f"{window.max_count} items")
    most = f", at most {' and '.join(bounds)}" if bounds else ""
    return f"{words}{most}, by {window.time} time"


def _names(rules: RuleSet) -> tuple[str, ...]:
    return tuple(rule.name for rule in rules.rules)


def _card(rule: Rule, figures: RuleFigures | None, uow: UnitOfWork, ports: Ports, context: Context) -> RuleCard:
    done = figures or RuleFigures(rule.name, 0, 0, 0, 0, 0, 0, None)
    advice = advise(rule, done, uow, ports, context)
    drops = rule.level is Level.DROP or Level.DROP in (rule.levels or {}).values()
    return RuleCard(
        name=rule.name,
        title=rule.title,
        enabled=rule.enabled,
        line=rule.line,
        key=tuple(part.text for part in rule.parts),
        window=window_words(rule.window),
        level=rule.level,
        on_closed=rule.on_closed,
        missing=rule.missing,
        undoable=not drops,
        yaml=rule.text,
        matched=done.matched,
        groups=done.groups,
        saved=done.saved,
        linked=done.linked,
        overruled=done.overruled,
        last_at=done.last_at,
        advice=advice.text,
        advised_yaml=advice.yaml,
    )
