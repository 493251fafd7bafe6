"""The decision whether an item is a duplicate: pure, so that a replay decides as the intake does."""

from dataclasses import replace
from datetime import datetime, timedelta

from triage_app.domain.decision_words import key_words, people, span
from triage_app.domain.dedup import (
    Arrival,
    DuplicateDecision,
    Group,
    GroupBook,
    Level,
    Novelty,
    OnClosed,
    Rule,
    RuleKey,
    RuleSet,
    WindowKind,
    joins,
    time_of,
)


def decide(rules: RuleSet, arrival: Arrival, book: GroupBook, *, told: bool = True) -> DuplicateDecision:
    """What becomes of an item. Without `told` there are no reasons for what gets no ticket: nobody reads them.

    The rules are asked in their order. A rule whose key says `never` ends the asking: the item gets a ticket, and this
    rule and those after it take no notice of it. The first rule whose current group lets the item join decides; a group
    with a ticket that a person has set apart from it does not. Where the item gets a ticket of its own, that ticket
    opens a current group for every other key whose current group does not let it join (a late one, or one set apart,
    stands alone); a group that would have let it join stays as it is.
    """
    asked = _Asked(rules, arrival, book, told=told)
    decided: DuplicateDecision | None = None
    for key in arrival.keys:
        rule = rules.by_name.get(key.rule)
        if rule is None:
            continue
        if key.never:
            asked.reasons.append(
                f"Rule {rule.name}: {asked.words(rule, key)}; without it an item is never a duplicate."
            )
            break
        group = asked.joinable(rule, key, told=decided is None)
        if group is None or decided is not None:
            continue
        decided = asked.joined(rule, key, group)
        if decided.level is not None and not decided.level.has_ticket:
            return decided
    if decided is None:
        reasons = asked.reasons or ["No rule applies to it."]
        return DuplicateDecision(None, opens=tuple(asked.opens), alone=tuple(asked.alone), reasons=tuple(reasons))
    return replace(decided, opens=(*decided.opens, *asked.opens), alone=tuple(asked.alone))


class _Asked:
    """One decision on its way: what was found out, in words too."""

    __slots__ = ("alone", "arrival", "book", "opens", "reasons", "rules", "told")

    def __init__(self, rules: RuleSet, arrival: Arrival, book: GroupBook, *, told: bool) -> None:
        self.rules = rules
        self.arrival = arrival
        self.book = book
        self.told = told
        self.opens: list[RuleKey] = []
        self.alone: list[RuleKey] = []
        self.reasons: list[str] = []

    @staticmethod
    def words(rule: Rule, key: RuleKey) -> str:
        return key_words([part.text for part in rule.parts], key.values)

    def joinable(self, rule: Rule, key: RuleKey, *, told: bool) -> Group | None:
        """The key's current group if it lets the item join. Otherwise the item opens one, or stands alone."""
        group = self.book.current(key.rule, key.values)
        if group is None:
            self.opens.append(key)
            if told:
                self.reasons.append(f"Rule {rule.name}: the first with {self.words(rule, key)}.")
            return None
        t = time_of(self.arrival, rule.window)
        if self.arrival.ticket is not None and group.primary == self.arrival.ticket:
            # Its own group: it is the first of it and stays so.
            return None
        if not joins(rule.window, group, t):
            late = t < group.first
            (self.alone if late else self.opens).append(key)
            if told:
                self.reasons.append(_refusal(rule, group, t))
            return None
        if self.book.are_apart(self.arrival, group):
            self.alone.append(key)
            if told:
                self.reasons.append(
                    f"Rule {rule.name}: a person has set it apart from the group of ticket {group.primary}."
                )
            return None
        return group

    def joined(self, rule: Rule, key: RuleKey, group: Group) -> DuplicateDecision:
        """What becomes of an item that a group lets join."""
        arrival = self.arrival
        is_open = self.book.is_open(group.primary)
        if not is_open and rule.on_closed is not OnClosed.REOPEN:
            linked = rule.on_closed is OnClosed.NEW_AND_LINK
            return DuplicateDecision(
                None,
                rule.name,
                links_to=group.primary if linked else None,
                opens=(key,),
                reasons=(
                    *self._why(rule, key, group),
                    f"Ticket {group.primary} is closed: a new ticket{', linked to it' if linked else ''}, begins anew.",
                ),
            )
        level = rule.level if rule.levels is None else rule.levels.get(arrival.severity, rule.level)
        novelty = novelty_of(arrival, group)
        kept = level
        if novelty and not level.has_ticket:
            kept = Level.LINK if rule.novelty is Novelty.LINK else Level.NOTE
        reasons: list[str] = []
        if self.told or kept.has_ticket:
            reasons = self._why(rule, key, group)
            if not is_open:
                reasons.append(f"Ticket {group.primary} is closed and is opened again.")
            if kept is not level:
                reasons.append(f"It brings something new, so it is kept as a ticket: {kept} instead of {level}.")
        return DuplicateDecision(
            kept, rule.name, group.id, group.primary, not is_open, None, (), (), novelty, tuple(reasons)
        )

    def _why(self, rule: Rule, key: RuleKey, group: Group) -> list[str]:
        """Why it belongs to a group, and at which level."""
        gap = time_of(self.arrival, rule.window) - group.last
        when = f"{span(gap)} {'after' if gap >= timedelta(0) else 'before'} the last of {group.count}"
        reasons = [*self.reasons, f"Rule {rule.name}: {self.words(rule, key)} as in ticket {group.primary}, {when}."]
        if rule.levels is not None:
            severity = self.arrival.severity
            level = rule.levels.get(severity, rule.level)
            if level is not rule.level:
                reasons.append(f"Its severity is {severity.word}: {level} instead of {rule.level}.")
        return reasons


def novelty_of(arrival: Arrival, group: Group) -> tuple[str, ...]:
    """What an item brings that its group has not seen, as sentences: severity, recipients, malicious observables."""
    if (
        arrival.severity <= group.severity
        and arrival.recipients <= group.recipients
        and arrival.malicious <= group.malicious
    ):
        return ()
    found = []
    if arrival.severity > group.severity:
        found.append(f"Severity {arrival.severity.word}, where the group has seen {group.severity.word} at most.")
    if not arrival.recipients <= group.recipients:
        found.append(f"New recipients: {people(sorted(arrival.recipients - group.recipients))}.")
    if not arrival.malicious <= group.malicious:
        found.append(f"New and malicious: {people(sorted(arrival.malicious - group.malicious))}.")
    return tuple(found)


def _refusal(rule: Rule, group: Group, t: datetime) -> str:
    """Why a window does not let an item join."""
    window = rule.window
    if window.max_count is not None and group.count >= window.max_count:
        why = f"its group is full with {group.count}"
    elif window.max_life is not None and t - group.first > window.max_life:
        why = f"{span(t - group.first)} after the first, and a group lives {span(window.max_life)}"
    elif window.kind is WindowKind.GAP:
        late = t < group.first
        distance = f"{span(group.first - t)} before the first" if late else f"{span(t - group.last)} after the last"
        why = f"{distance}, and a break of more than {span(window.gap)} ends it"
    elif window.kind is WindowKind.SAME_TIME:
        why = f"another time ({span(t - group.first)} from the first)"
    else:
        why = f"another {window.kind} than the first"
    return f"Rule {rule.name}: not in the group of ticket {group.primary}: {why}."
