from dataclasses import replace
from datetime import UTC, datetime

from triage_app.cli.render import to_text
from triage_app.cli.render_search import MOST_ROWS
from triage_app.domain.observable import ObservableKind
from triage_app.domain.pattern import Pattern
from triage_app.domain.query_completion import Completion
from triage_app.domain.query_parsing import Chip, QueryProblem
from triage_app.domain.slots import Slot
from triage_app.domain.ticket import Severity, Status, TicketId, TicketRow, Verdict
from triage_app.services.search_queries import Campaign, CampaignMember, Edge, Neighbour, Pivot, QueryReading

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
MEMBER = CampaignMember(
    TicketId(7),
    AT,
    "pay@evil.example",
    ("ann@corp.example",),
    Status.NEW,
    None,
    True,
    ("17", "https://evil.example/\x1b"),
)
CAMPAIGN = Campaign(
    pattern=Pattern("invoice <number>", ""),
    total=9,
    open=2,
    first=AT,
    last=AT,
    template="Invoice {number}\n\nPay at {url} or https://evil.example/now",
    subjects_only=False,
    slots=(Slot("number", "number", 2), Slot("url", "url", 2)),
    members=(
        replace(MEMBER, ticket=TicketId(8), follows=False, values=("", "")),
        MEMBER,
        replace(MEMBER, ticket=TicketId(6), status=Status.RESOLVED, verdict=Verdict.TRUE_POSITIVE),
    ),
)
ROW = TicketRow(
    TicketId(7), "Invoice 17", "pay@evil.example", "Phishing", 0.9, "model", False, Status.NEW, None, Severity.LOW, 0,
    "", "files", "mail", 0, 0, AT, None, AT, AT,
)  # fmt: skip
PIVOT = Pivot(
    kind=ObservableKind.DOMAIN,
    value="evil.example",
    defanged="evil[.]example",
    own=False,
    allowed=False,
    ignored=True,
    total=7_000,
    open=3,
    first=AT,
    last=AT,
    categories=(("Phishing", 4_900), ("Spam", 100)),
    verdicts=(("true_positive", 4),),
    tickets=(ROW,),
    neighbours=(Neighbour(ObservableKind.FILE_NAME, "a.docm", "a.docm", 4, 5),),
    edges=(Edge(0, 1, 4),),
    counted=5_000,
    looked_at=1_000,
)


def test_a_campaign_is_its_size_its_template_and_a_table() -> None:
    text = to_text(CAMPAIGN)
    assert text.startswith(
        "9 tickets, 2 open, 2026-03-01 12:30Z to 2026-03-01 12:30Z\n\n    Invoice {number}\n\n    Pay at"
    )
    assert "1 of the 3 that were read have another text." in text
    assert "number  number  2" in text
    # those that follow come first; nothing can be followed, and nothing steers the terminal
    assert text.index("\n7   ") < text.index("\n6   ") < text.index("\n8   ")
    assert "true positive" in text
    assert "https://" not in text
    assert "\x1b" not in text


def test_a_campaign_says_what_was_compared_and_what_is_left_out() -> None:
    assert "only subjects are compared" in to_text(replace(CAMPAIGN, subjects_only=True))
    many = to_text(replace(CAMPAIGN, members=(replace(MEMBER, values=()),) * (MOST_ROWS + 2), template="", slots=()))
    assert "2 more rows" in many
    assert "There is no text." in many
    alerts = to_text(replace(CAMPAIGN, members=(replace(MEMBER, recipients=()),)))
    assert "  to  " not in alerts


def test_an_observable_is_what_became_of_it_and_what_appears_with_it() -> None:
    text = to_text(PIVOT)
    assert text.startswith("domain  evil[.]example  (ignored)\n\n7000 tickets, first seen 2026-03-01 12:30Z")
    assert "open (of the newest 5000): 3" in text
    assert "categories (of the newest 5000): Phishing 4900, Spam 100" in text
    assert "verdicts (of the newest 5000): true positive 4" in text
    assert "appears with (in the newest 1000 tickets)" in text
    assert "file name  a.docm  4         5" in text
    assert "Invoice 17" in text


def test_an_observable_that_is_in_no_ticket_says_so() -> None:
    nothing = replace(PIVOT, total=0, first=None, last=None, tickets=(), neighbours=(), ignored=False)
    assert to_text(nothing) == "domain  evil[.]example\n\nIt is in no ticket."
    assert "of the newest" not in to_text(replace(PIVOT, total=5_000))


def test_a_query_is_its_parts_its_problem_and_how_it_goes_on() -> None:
    text = to_text(
        QueryReading(
            (Chip(0, 4, "", "a\x1bb", excluded=True), Chip(5, 14, "severity", ">=hgih", excluded=False)),
            QueryProblem(10, 14, "There is no severity 'hgih'."),
            (Completion(10, 14, "high", "how bad it is"),),
        )
    )
    assert "\x1b" not in text
    assert [line.split() for line in text.splitlines() if line[:1].isdigit()] == [
        ["1-4", "not", "words", "a", "b"],
        ["6-14", "severity", ">=hgih"],
    ]
    assert "At character 11: There is no severity 'hgih'." in text
    assert text.endswith("high  how bad it is")


def test_an_empty_query_asks_for_everything() -> None:
    assert to_text(QueryReading((), None, ())) == "It asks for everything."
