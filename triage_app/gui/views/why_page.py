"""The page that says why tickets are duplicates or not: what was decided, then rule by rule and field by field."""

from collections.abc import Callable, Collection
from html import escape

from triage_app.gui import wording
from triage_app.services.dedup_queries import Explanation, FieldComparison, RuleExplanation

MOST_LETTERS = 240
TIGHT = "margin-top: 10px; margin-bottom: 2px"
CELL = "padding-top: 2px; padding-bottom: 2px; padding-right: 10px"
HEAD = ((24, ""), (33, "came in first"), (33, "came in later"), (10, ""))


def page(explanation: Explanation, deciders: Collection[str], colour: Callable[[str], str], *, pair: bool) -> str:
    """The page as rich text. `deciders` are the rules by which it was decided; `pair`: two tickets are compared.

    Values are what somebody sent: nothing of them is read as markup.
    """
    decided = "".join(f"<p style='{TIGHT}'>{_text(sentence)}</p>" for sentence in explanation.decided)
    rules = "".join(_rule(rule, rule.rule in deciders, colour, pair=pair) for rule in explanation.rules)
    style = f"color: {colour('text-second')}; margin-top: 16px; margin-bottom: 0"
    return f"{decided}<p style='{style}'>Rule by rule, in their order</p>{rules}" if rules else decided


def _rule(rule: RuleExplanation, decided: bool, colour: Callable[[str], str], *, pair: bool) -> str:
    second = f"style='color: {colour('text-second')}'"
    verdict = f"<span {second}>{_text(rule.verdict)}</span>"
    if not rule.matches:
        return f"<p style='{TIGHT}'><span {second}>{_text(rule.rule)}</span> &nbsp; {verdict}</p>"
    style = f"background-color: {colour('accent-soft')}; color: {colour('accent')}"
    mark = f" &nbsp; <span style='{style}'>&nbsp;decided&nbsp;</span>" if decided else ""
    fields = "".join(_field(field, colour, pair=pair) for field in rule.fields)
    head = ""
    if pair:
        head = "".join(f"<td width='{width}%' style='{CELL}'><span {second}>{text}</span></td>" for width, text in HEAD)
        head = f"<tr>{head}</tr>"
    name = f"<p style='{TIGHT}'><b>{_text(rule.rule)}</b>{mark} &nbsp; {verdict}</p>"
    return f"{name}<table width='100%' cellspacing='0' cellpadding='0'>{head}{fields}</table>"


def _field(field: FieldComparison, colour: Callable[[str], str], *, pair: bool) -> str:
    second = f"style='color: {colour('text-second')}'"
    cells = [f"<span {second}>{_text(field.field)}</span>", _value(field.one, second)]
    if pair:
        said = f"<span style='color: {colour('medium')}'>differs</span>"
        if field.same:
            said = f"<span {second}>same</span>"
        elif field.one is None and field.other is None:
            said = ""
        cells += [_value(field.other, second), said]
    first, *rest = (f"style='{CELL}'>{cell}</td>" for cell in cells)
    return f"<tr><td width='{HEAD[0][0]}%' {first}{''.join(f'<td {cell}' for cell in rest)}</tr>"


def _value(value: str | None, second: str) -> str:
    return f"<span {second}>missing</span>" if value is None else _text(value)


def _text(text: str) -> str:
    return escape(wording.first_line(text, MOST_LETTERS))
