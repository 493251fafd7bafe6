"""Answers about labels, as the pages and bars are shown them in tests."""

from datetime import UTC, datetime

from triage_app.domain.labels import Dataset, Effect, Held, LabelChange, ModelId, Prediction, Score, Tier
from triage_app.domain.ticket import TicketId
from triage_app.services.learning_shapes import (
    Agreement,
    Blast,
    BlastRadius,
    Confusion,
    Drift,
    ExamplePreview,
    ExampleRow,
    KeywordConflict,
    KeywordFigures,
    KeywordSheet,
    LabelAudit,
    LabelCount,
    LabelPromise,
    LabelSheet,
    MonthReport,
    MonthRow,
    Overlap,
    Promise,
    ReviewItem,
    ReviewQueue,
    Saving,
    Share,
    Suspect,
    WrongKeyword,
)

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
MODEL = ModelId("category-2026-11-20")
DATASET = Dataset("category", "Category", ("Phishing", "DeviceLost", "Other"), "Other", effect=Effect.CATEGORY)


def prediction(
    tier: Tier = Tier.KEYWORD, best: Score | None = None, held: Held | None = None, likeness: float = 1.0
) -> Prediction:
    """What was suggested for a ticket: Other, with what the model found most likely."""
    others = (Score("DeviceLost", 0.1),)
    return Prediction("category", "Other", 0.5, tier, MODEL, others, best=best, held=held, likeness=likeness)


def promise(*, broken: tuple[str, ...] = ("Phishing",)) -> Promise:
    """A promise that is kept for DeviceLost, and broken for the labels named."""
    labels = tuple(
        LabelPromise(label, 100, right, 0.8, right / 100, right / 100 - 0.1, right / 100 + 0.1, label in broken)
        for label, right in (("DeviceLost", 91), ("Phishing", 61))
    )
    return Promise("category", MODEL, 0.8, labels, tuple(f"{label} is broken." for label in broken))


def blast_radius(number: int = 2, ticket: int = 1) -> BlastRadius:
    """What a correction to Phishing would change."""
    changes = tuple(
        Blast(TicketId(10 + place), f"Verify your account {place}", "Other", 0.0, "Phishing", 0.9)
        for place in range(number)
    )
    return BlastRadius(TicketId(ticket), "Phishing", 300, changes, "The correction was added 40 times.")


def review_queue() -> ReviewQueue:
    """Two kinds of text, one of them held by many tickets."""
    return ReviewQueue(
        "category",
        1_050,
        (
            ReviewItem(
                TicketId(5), "Disk alert", "Other", 0.4, 0.9, 3.2, 41, tuple(TicketId(5 + place) for place in range(41))
            ),
            ReviewItem(TicketId(90), "Odd request", "DeviceLost", 0.6, 0.5, 0.5, 1, (TicketId(90),)),
        ),
    )


def label_audit() -> LabelAudit:
    """A doubtful correction, a doubtful example, an overlap and how far people agree."""
    return LabelAudit(
        "category",
        2_000,
        (
            Suspect(TicketId(7), 0, "Other", "Phishing", 0.97, "ana", "verify your account now"),
            Suspect(TicketId(0), 812, "DeviceLost", "Other", 0.81, "", "lost in thought"),
        ),
        (Overlap("Other", "Phishing", 400, 0.12),),
        (Agreement("Phishing", 40, 0.82), Agreement("Other", 4, 0.1)),
    )


def label_sheet() -> LabelSheet:
    """Three labels, one of which was called otherwise once."""
    return LabelSheet(
        "category",
        (LabelCount("Phishing", 1_200, 31), LabelCount("DeviceLost", 300, 4), LabelCount("Other", 900)),
        (LabelChange(NOW, "ana", ("Spam", "Scam"), "Other"), LabelChange(NOW, "bo", ("Fraud",), "Phishing")),
    )


def keyword_sheet(*, problems: tuple[str, ...] = ()) -> KeywordSheet:
    """Two rules that hit, and contradict each other on some texts."""
    return KeywordSheet(
        "category",
        "Phishing:\n  - verify your account: 2\nDeviceLost:\n  - lost*: 1\n",
        1_000,
        (
            KeywordFigures("Phishing", "verify your account", 2.0, 41, 30, 1, (TicketId(5),)),
            KeywordFigures("DeviceLost", "lost*", 1.0, 12, 2, 6, ()),
        ),
        (KeywordConflict("Phishing", "DeviceLost", 3, (TicketId(5), TicketId(6))),),
        problems,
    )


def example_preview(*, problems: tuple[str, ...] = ("Line 7: there is no label.",)) -> ExamplePreview:
    """A table of old tickets with a column that nobody needs."""
    return ExamplePreview(
        ("Topic", "Body", "Created", "Id"),
        ("label=Topic", "text=Body", "at=Created"),
        (
            ExampleRow("Hardware", "my screen is broken", "", "2026-01-02T03:04:05Z", "", ""),
            ExampleRow("Access", "I need a key", "", "", "", ""),
        ),
        2_400,
        (LabelCount("Hardware", 1_500), LabelCount("Access", 900)),
        problems,
    )


def share(n: int, right: int) -> Share:
    """A share with an interval of five points to each side."""
    value = right / n if n else 0.0
    return Share(n, right, value, max(0.0, value - 0.05) if n else 0.0, min(1.0, value + 0.05))


def month_report(*, predictions: int = 2_000) -> MonthReport:
    """A month in which much was measured."""
    rows = tuple(
        MonthRow(name, 1_000, 150, 700, 100, share(950, 800), share(900, 780)) for name in ("Phishing", "Other")
    )
    return MonthReport(
        "category",
        "2026-11",
        predictions,
        1_900,
        300,
        1_400,
        200,
        share(1_900, 1_600),
        share(1_200, 1_130),
        0.8,
        "2026-10",
        1_400,
        1_200,
        share(1_200, 980),
        share(800, 730),
        promise().labels,
        rows,
        (MonthRow("model", 1_200, 70, 1_000, 130, share(1_200, 1_130), share(1_000, 930)),),
        (MonthRow("soc", 2_000, 300, 1_400, 200, share(1_900, 1_600), share(0, 0)),),
        (Drift("volume", 0.4, "Four of ten more tickets than in October."),),
        (WrongKeyword("DeviceLost", "lost*", 12, 6),),
        (Saving("category-2026-11-20", 900, 14.0, 31.0, 255.0), Saving("lost*", 3, None, None, None)),
        255.0,
        912,
        (Confusion("Other", "Phishing", 41, (TicketId(7), TicketId(8)), ("Verify now", "Your parcel")),),
        ("Split Other: it hides 41 phishing mails.", "Look at the rule lost*."),
    )
