"""Every part of the query language on both databases, beside a search in plain Python that was written apart."""

import contextlib
import itertools
import random
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.adapters.storage.samples import NOW, add_raws, link, which
from tests.bench import fill as bench
from tests.bench.search import HOSTILE
from triage_app.adapters.storage.additions import AdditionKind, add_texts
from triage_app.adapters.storage.engine import open_storage
from triage_app.adapters.storage.search import Search
from triage_app.adapters.storage.search_reading import Sizes
from triage_app.adapters.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from triage_app.domain.dedup import Level
from triage_app.domain.errors import InvalidInput, TooWide
from triage_app.domain.item import Form
from triage_app.domain.labels import Effect
from triage_app.domain.observable import Observable, ObservableKind, Sighting
from triage_app.domain.pattern import NO_PATTERN, Pattern, Trait, TraitKind
from triage_app.domain.query import (
    EVERYTHING,
    Alike,
    Among,
    And,
    Carries,
    Column,
    Equal,
    Flag,
    InNetwork,
    Leaf,
    Named,
    Node,
    Not,
    Number,
    Or,
    Phrase,
    Range,
    SamePattern,
    Says,
    Tagged,
    TextPlace,
)
from triage_app.domain.query_parsing import parse_query
from triage_app.domain.tags import TicketTag
from triage_app.domain.ticket import Severity, Status, TicketId, Verdict, WorkState
from triage_app.services.search_shapes import Wake
from triage_app.services.shapes import SORTS, VIEWS, Analysis, NewTicket

WORDS = ("invoice", "invoices", "transfer", "urgent", "port", "scan", "login", "laptop")
ADDRESS = Observable(ObservableKind.IPV4, "10.1.2.3")
OBSERVABLES = (
    ADDRESS,
    Observable(ObservableKind.IPV4, "10.1.9.9"),
    Observable(ObservableKind.IPV4, "192.0.2.7"),
    Observable(ObservableKind.IPV6, "2001:db8::1"),
    Observable(ObservableKind.DOMAIN, "evil.example.org"),
    Observable(ObservableKind.URL, "http://evil.example.org/a"),
)
PLACES = ("text", "header:to", "header:from", "subject")
PATTERNS = (NO_PATTERN, Pattern("port scan", "host-1"), Pattern("invoice <num>", ""))
CATEGORIES, PEOPLE, SOURCES = ("Phishing", "phishing", "Spam", ""), ("", "Ana", "ben"), ("files", "Mailbox")
NO_TICKETS = 60


@dataclass
class Kept:
    """A ticket as this test keeps it."""

    id: TicketId
    new: NewTicket
    state: WorkState
    notes: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    removed_notes: int = 0
    under: bool = False
    follow_up: bool = False
    duplicates: int = 0
    gone: bool = False


def fill(uow: SqlUnitOfWork, count: int = NO_TICKETS, seed: int = 5) -> list[Kept]:
    """Varied tickets with all that can be asked for."""
    chance = random.Random(seed)
    kept = []
    raws = add_raws(uow, count)
    for raw in raws:
        new = NewTicket(raw, chance.choice(SOURCES), NOW + timedelta(hours=chance.randrange(100)), analysis(chance),
                        chance.choice(CATEGORIES), chance.choice((0.25, 0.5, 0.9)), "model")  # fmt: skip
        (ticket,) = uow.tickets.add([new])
        kept.append(Kept(ticket, new, WorkState(Status.NEW, None, "", new.category, new.confidence, "model", False)))
    for each in kept:
        change(uow, each, chance)
    for one, other in ((kept[0], kept[3]), (kept[0], kept[4]), (kept[7], kept[9])):
        uow.duplicates.add_link(link(one.id, other.id, Level.CHILD))
        one.duplicates, other.under = one.duplicates + 1, True
    uow.duplicates.add_link(link(kept[10].id, kept[11].id, Level.SUGGEST))
    uow.tickets.remove(kept[20].id)
    kept[20].gone = True
    return kept


def analysis(chance: random.Random) -> Analysis:
    sightings = tuple(
        Sighting(each, chance.choice(PLACES)) for each in OBSERVABLES if chance.random() < 0.2 for _ in range(2)
    )
    traits = tuple(Trait(kind, chance.choice(("one", "two"))) for kind in TraitKind if chance.random() < 0.4)
    tags = (TicketTag("team", chance.choice((Effect.QUEUE, Effect.TAG)), chance.choice(("Blue", "red"))),)
    return Analysis(
        subject=" ".join(chance.sample(WORDS, 2)),
        sender=f"{chance.choice(('Bob', 'Eve'))} <{chance.choice(('bob', 'eve'))}@example.org>",
        event_at=chance.choice((None, NOW, NOW - timedelta(days=3))),
        severity=Severity(chance.randrange(5)),
        form=chance.choice((Form.MAIL, Form.ALERT)),
        attachments=chance.randrange(3),
        search_text=" ".join([*chance.sample(WORDS, 3), *(each.observable.value for each in sightings[:1])]),
        sightings=sightings,
        tags=tags if chance.random() < 0.5 else (),
        pattern=chance.choice(PATTERNS),
        traits=traits,
    )


def change(uow: SqlUnitOfWork, kept: Kept, chance: random.Random) -> None:
    status = chance.choice((*Status, Status.NEW))
    kept.state = WorkState(
        status,
        chance.choice((Verdict.FALSE_POSITIVE, Verdict.TEST)) if status is Status.RESOLVED else None,
        chance.choice(PEOPLE), kept.new.category, kept.new.confidence, chance.choice(("model", "person", "default")),
        chance.random() < 0.5,
    )  # fmt: skip
    uow.tickets.set_state(kept.id, kept.state)
    for _ in range(chance.choice((0, 0, 1, 2))):
        kept.notes.append(" ".join(chance.sample(WORDS, 2)))
        note = uow.tickets.add_note(kept.id, NOW, "ana", kept.notes[-1])
        if chance.random() < 0.3:
            uow.tickets.remove_note(note)
            kept.notes.pop()
    if chance.random() < 0.2:
        kept.answers.append(f"answer {chance.choice(WORDS)}")
        add_texts(uow.transaction, AdditionKind.ANSWER, [(kept.id, kept.new.raw, kept.answers[-1])])
    if chance.random() < 0.2:
        kept.follow_up = chance.random() < 0.5
        uow.wakes.set(Wake(kept.id, NOW, False, kept.follow_up, "", "ana", NOW))


# -- the search in plain Python -----------------------------------------------------------------------------


def holds(phrase: Phrase, text: str) -> bool:
    words, wanted = re.findall(r"[a-z0-9]+", text.lower()), re.findall(r"[a-z0-9]+", phrase.text.lower())
    if not wanted:
        return True
    for at in range(len(words) - len(wanted) + 1):
        part = words[at : at + len(wanted)]
        last = part[-1].startswith(wanted[-1]) if phrase.prefix else part[-1] == wanted[-1]
        if part[:-1] == wanted[:-1] and last:
            return True
    return False


def places(kept: Kept, observable: Observable) -> list[str]:
    return [each.where for each in kept.new.analysis.sightings if each.observable == observable]


def reads(phrase: Phrase, kept: Kept) -> bool:
    of = kept.new.analysis
    texts = {
        TextPlace.SUBJECT: [of.subject],
        TextPlace.SENDER: [of.sender],
        TextPlace.NOTE: kept.notes,
        TextPlace.ANYWHERE: [f"{of.subject}\n{of.sender}\n{of.search_text}", *kept.notes, *kept.answers],
    }[phrase.place]
    if phrase.place is not TextPlace.NOTE and not re.search("[a-z0-9]", phrase.text.lower()):
        return True
    seen = (
        phrase.observable is not None and phrase.place is TextPlace.ANYWHERE and bool(places(kept, phrase.observable))
    )
    return seen or any(holds(phrase, text) for text in texts)


def column(kept: Kept, which_one: Column) -> str:
    state, new = kept.state, kept.new
    return {
        Column.CATEGORY: state.category,
        Column.STATUS: state.status.value,
        Column.VERDICT: "" if state.verdict is None else state.verdict.value,
        Column.ASSIGNEE: state.assignee,
        Column.SOURCE: new.source,
        Column.FORM: new.analysis.form.value,
        Column.TIER: str(state.tier),
    }[which_one]


def number(kept: Kept, which_one: Number, everything: list[Kept]) -> float | datetime | None:
    of = kept.new.analysis
    alike = [each for each in everything if each.new.analysis.pattern == of.pattern and not (each.under or each.gone)]
    found: dict[Number, float | datetime | None] = {
        Number.ID: kept.id,
        Number.CONFIDENCE: kept.state.confidence,
        Number.SEVERITY: int(of.severity),
        Number.PRIORITY: 0,
        Number.DUPLICATES: kept.duplicates,
        Number.ATTACHMENTS: of.attachments,
        Number.RECEIVED: kept.new.received_at,
        Number.EVENT: of.event_at,
        Number.SIMILAR: 0 if of.pattern == NO_PATTERN else max(0, len(alike) - 1),
    }
    return found[which_one]


def says(kept: Kept, flag: Flag) -> bool:
    return {
        Flag.OPEN: kept.state.status is not Status.RESOLVED,
        Flag.REVIEWED: kept.state.reviewed,
        Flag.ASSIGNED: bool(kept.state.assignee),
        Flag.STANDING: not kept.under,
        Flag.NOTE: bool(kept.notes),
        Flag.ANSWER: bool(kept.answers),
        Flag.FOLLOW_UP: kept.follow_up,
    }[flag]


def between(leaf: Range, value: float | datetime | None) -> bool:
    if value is None:
        return False
    low, high = (None if each is None else plain_number(each) for each in (leaf.low, leaf.high))
    return in_order(leaf, plain_number(value), low, high)


def plain_number(value: float | datetime) -> float:
    return value.timestamp() if isinstance(value, datetime) else float(value)


def in_order(leaf: Range, value: float, low: float | None, high: float | None) -> bool:
    if low is not None and (value < low or (leaf.above and value == low)):
        return False
    return not (high is not None and (value > high or (leaf.below and value == high)))


def meets(node: Node, kept: Kept, everything: list[Kept]) -> bool:
    of = kept.new.analysis
    match node:
        case And(parts):
            return all(meets(each, kept, everything) for each in parts)
        case Or(parts):
            return any(meets(each, kept, everything) for each in parts)
        case Not(part):
            return not meets(part, kept, everything)
        case Phrase():
            return reads(node, kept)
        case Equal(which_one, value):
            return column(kept, which_one).casefold() == value.casefold()
        case Range():
            return between(node, number(kept, node.number, everything))
        case Carries(kinds, value, where):
            return any(
                each.observable.kind in kinds and value in ("", each.observable.value) and each.where.startswith(where)
                for each in of.sightings
            )
        case InNetwork(low, high):
            found = [each.observable for each in of.sightings if each.observable.kind is ObservableKind.IPV4]
            return any(low <= mapped(each.value) <= high for each in found)
        case Named(kind, value):
            return Trait(kind, value.lower()) in of.traits
        case Tagged(effect, label):
            return any(effect in ("", each.effect) and each.label.lower() == label.lower() for each in of.tags)
        case Says(flag):
            return says(kept, flag)
        case Among(ids):
            return kept.id in ids
        case SamePattern(ticket):
            first = next(each for each in everything if each.id == ticket)
            alike = of.pattern != NO_PATTERN and of.pattern == first.new.analysis.pattern
            return kept.id == ticket or alike
        case Alike():
            raise AssertionError


def mapped(address: str) -> str:
    return f"{0xFFFF00000000 + int(IPv4Address(address)):032x}"


# -- trees --------------------------------------------------------------------------------------------------

phrases = st.builds(
    Phrase,
    st.sampled_from((*WORDS, "port scan", "inv", "invoice transfer", "10.1.2.3", "bob", "eve example", "zebra", "--")),
    st.sampled_from(TextPlace),
    st.booleans(),
    st.sampled_from((None, None, ADDRESS, Observable(ObservableKind.DOMAIN, "nowhere.example.org"))),
).filter(lambda each: not (each.text == "--" and (each.prefix or each.place is TextPlace.NOTE)))
equals = st.builds(
    Equal,
    st.sampled_from(Column),
    st.sampled_from(
        ("", "PHISHING", "spam", "resolved", "waiting", "false_positive", "ANA", "mailbox", "mail", "person", "none")
    ),
)
numbers = st.sampled_from([each for each in Number if each not in (Number.RECEIVED, Number.EVENT)])
bounds = st.sampled_from((None, 0, 1, 2, 0.5, 20, 40))
times = st.sampled_from((None, *(NOW + timedelta(hours=hours) for hours in (-72, 0, 10, 50, 90))))
ranges = st.builds(Range, numbers, bounds, bounds, st.booleans(), st.booleans())
time_ranges = st.builds(
    Range, st.sampled_from((Number.RECEIVED, Number.EVENT)), times, times, st.booleans(), st.booleans()
)
carries = st.builds(
    Carries,
    st.frozensets(st.sampled_from([*dict.fromkeys(each.kind for each in OBSERVABLES), ObservableKind.CVE]), min_size=1),
    st.sampled_from(("", *(each.value for each in OBSERVABLES), "nothing.example.org")),
    st.sampled_from(("", "header:to", "header", "text", "nowhere")),
)
networks = st.sampled_from(
    (
        InNetwork(mapped("10.0.0.0"), mapped("10.255.255.255")),
        InNetwork(mapped("10.1.2.0"), mapped("10.1.2.255")),
        InNetwork(mapped("172.16.0.0"), mapped("172.31.255.255")),
    )
)
leaves: st.SearchStrategy[Leaf] = st.one_of(
    phrases,
    phrases,
    equals,
    ranges,
    time_ranges,
    carries,
    networks,
    st.builds(Named, st.sampled_from(TraitKind), st.sampled_from(("one", "TWO", "three"))),
    st.builds(Tagged, st.sampled_from(("", "queue", "tag")), st.sampled_from(("blue", "RED", "green"))),
    st.builds(Says, st.sampled_from(Flag)),
    st.builds(Among, st.lists(st.integers(1, NO_TICKETS).map(TicketId), max_size=8)),
    st.builds(SamePattern, st.integers(1, NO_TICKETS).map(TicketId)),
)
trees: st.SearchStrategy[Node] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda parts: And(tuple(parts))),
        st.lists(inner, max_size=4).map(lambda parts: Or(tuple(parts))),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)


def in_view(kept: Kept, view: str) -> bool:
    is_waiting, is_closed = kept.state.status is Status.WAITING, kept.state.status is Status.RESOLVED
    is_open = not is_waiting and not is_closed
    return (
        not kept.gone
        and {
            "inbox": is_open,
            "review": is_open and not kept.state.reviewed and kept.state.tier == "default",
            "mine": is_open and kept.state.assignee == "Ana",
            "duplicates": is_open and kept.duplicates > 0,
            "waiting": is_waiting,
            "closed": is_closed,
            "all": True,
        }[view]
    )


@pytest.mark.parametrize("sizes", [(2_000, 50_000), (4, 9)], ids=["few", "many"])
def test_a_tree_finds_what_plain_python_finds(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, int]
) -> None:
    few, many = sizes
    monkeypatch.setattr("triage_app.adapters.storage.search_reading.SIZES", Sizes(few=few, many=many))
    with storage.write() as uow:
        everything = fill(uow)
    with storage.read() as uow:

        @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
        @given(trees, st.sampled_from(VIEWS), st.booleans())
        def check(tree: Node, view: str, descending: bool) -> None:
            wanted = [each.id for each in everything if in_view(each, view) and meets(tree, each, everything)]
            asked = which(view, tree, descending=descending, actor="Ana")
            ids = list(uow.tickets.ids(asked, limit=0, offset=0))
            assert ids == (wanted if descending else wanted[::-1])
            assert uow.tickets.count(asked) == len(wanted)

        check()


@given(leaf=leaves)
@settings(max_examples=1)
def test_every_kind_of_leaf_is_among_the_trees(leaf: Leaf) -> None:
    del leaf
    kinds = {Phrase, Equal, Range, Carries, InNetwork, Named, Tagged, Says, Among, SamePattern}
    assert kinds | {Alike} == set(Leaf.__args__)


def test_pages_are_the_whole_in_parts_whatever_the_order(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    with storage.write() as uow:
        fill(uow)
    tree = Or((Phrase("invoice"), Equal(Column.CATEGORY, "spam"), Not(Says(Flag.OPEN))))
    for module in ("queue", "search"):
        monkeypatch.setattr(f"triage_app.adapters.storage.{module}._COUNT_SECONDS", 100)
    for (many, seconds), sort, descending in itertools.product(((20_000, 9), (1, 9), (1, -1)), SORTS, (False, True)):
        monkeypatch.setattr("triage_app.adapters.storage.queue._MANY_HITS", many)
        monkeypatch.setattr("triage_app.adapters.storage.queue._ASKED_SECONDS", seconds)
        with storage.read() as uow:
            asked = which("all", tree, sort, descending=descending)
            whole = list(uow.tickets.ids(asked, limit=0, offset=0))
            pages = [uow.tickets.page(asked, limit=7, offset=at, most=500) for at in range(0, len(whole) + 7, 7)]
        assert len(whole) > 20
        assert [each for page in pages for each in page.ids] == whole
        assert {(page.total, page.exact) for page in pages} == {(len(whole), True)}


def test_counting_stops(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage_app.adapters.storage.search._COUNT_SECONDS", 100)
    with storage.write() as uow:
        fill(uow)
    with storage.read() as uow:
        asked = which("all", Or((Says(Flag.OPEN), Says(Flag.REVIEWED))))
        total = uow.tickets.count(asked)
        page = uow.tickets.page(asked, limit=3, offset=0, most=5)
        assert uow.tickets.count(asked, most=5) == 6
        assert (len(page.ids), page.total, page.exact) == (3, 5, False)
        assert uow.tickets.page(asked, limit=3, offset=0, most=total).exact
        nothing = uow.tickets.page(which("all", Phrase("zebra")), limit=3, offset=0, most=5)
        assert (list(nothing.ids), nothing.total, nothing.exact) == ([], 0, True)
        whole = uow.tickets.page(which("all", EVERYTHING), limit=3, offset=0, most=5)
        assert (whole.total, whole.exact) == (NO_TICKETS - 1, True)


def test_what_takes_too_long_ends_with_what_to_do(storage: SqlStorage) -> None:
    with storage.write() as uow:
        fill(uow)
    with storage.read() as uow:
        search = Search(uow.transaction, which("all", Phrase("invoice")), seconds=0)
        with pytest.raises(TooWide, match=r"Add a word, a field or a time"):
            search.ids(10)


def test_a_search_that_was_stopped_leaves_the_next_one_alone(storage: SqlStorage) -> None:
    with storage.write() as uow:
        fill(uow)
    with storage.read() as uow, pytest.raises(TooWide):
        Search(uow.transaction, which("all", Phrase("invoice")), seconds=0).count()
    with storage.read() as uow:
        assert uow.tickets.count(which("all", Phrase("invoice"))) > 0


def test_what_was_not_resolved_is_refused(storage: SqlStorage) -> None:
    with storage.read() as uow, pytest.raises(InvalidInput, match="similar to ticket 7"):
        uow.tickets.ids(which("all", Alike(TicketId(7))), limit=10, offset=0)


def test_a_tree_that_is_too_deep_is_refused(storage: SqlStorage) -> None:
    tree: Node = Phrase("invoice")
    for _ in range(300):
        tree = And((Not(tree), Phrase("transfer")))
    with storage.read() as uow, pytest.raises(InvalidInput, match="nested"):
        uow.tickets.count(which("all", tree))


HARMFUL: tuple[Node, ...] = (
    Phrase("'; DROP TABLE tickets; --"),
    Phrase('account" OR "1" = "1'),
    Phrase("NEAR(account password, 99999)"),
    Phrase("\0account\0"),
    Phrase("\ud800"),
    Phrase("a", prefix=True),
    And(tuple(Phrase(each, prefix=True) for each in "abcdefgh")),
    Or(tuple(Phrase(each, prefix=True) for each in "abcdefgh")),
    Not(Or(tuple(Phrase(each, prefix=True) for each in "abcdefgh"))),
    Or(tuple(Phrase(each) for each in ("account", "password", "report", "file") * 16)),
    And(tuple(Not(Phrase(f"word{each}")) for each in range(64))),
    Phrase("account " * 5_000),
    Phrase("x" * 100_000),
    Equal(Column.CATEGORY, "' OR 1=1 --"),
    Equal(Column.ASSIGNEE, "\0\ud800"),
    Range(Number.SEVERITY, low=10**30, high=-(10**30)),
    Range(Number.CONFIDENCE, low=float("nan")),
    Range(Number.ID, low=float("-inf"), high=float("inf")),
    InNetwork("", "g"),
    Carries(frozenset(ObservableKind), "", "%_\\"),
    Carries(frozenset(ObservableKind), "'\0\ud800"),
    Named(TraitKind.HOST, "\0'"),
    Tagged("' OR 1=1", "\0"),
    Among(tuple(TicketId(each) for each in range(-5, 5_000))),
    Among((TicketId(2**63 - 1),)),
    SamePattern(TicketId(2**62)),
)


@pytest.mark.parametrize("tree", HARMFUL, ids=range(len(HARMFUL)))
def test_what_wants_to_do_harm_is_answered_or_refused(storage: SqlStorage, tree: Node) -> None:
    with storage.write() as uow:
        fill(uow)
    for inner in (tree, Not(tree), And((tree, Says(Flag.OPEN))), Or((tree, Phrase("invoice")))):
        with storage.read() as uow, contextlib.suppress(TooWide):
            found = uow.tickets.page(which("all", inner), limit=100, offset=0, most=500)
            assert len(found.ids) == found.total <= NO_TICKETS
    with storage.read() as uow:
        assert uow.tickets.count(which()) == NO_TICKETS - 1


def test_queries_in_words_that_want_to_do_harm(url: str) -> None:
    bench.fill(url, tickets_wanted=1_000)
    opened = open_storage(url)
    try:
        for text in HOSTILE:
            read = parse_query(text, now=NOW)
            assert read.problem is None or read.node == EVERYTHING
            resolved = Among(()) if "similar:" in text else read.node
            for view in ("all", "inbox"):
                with opened.read() as uow, contextlib.suppress(TooWide):
                    assert uow.tickets.count(which(view, resolved)) <= 1_000
    finally:
        opened.close()
