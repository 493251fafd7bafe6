"""Which scope each verb needs over the API. What stands in no line needs `admin`."""

from collections.abc import Mapping

from triage_app.domain.token import Scope
from triage_app.services.registry import Verb

_READ = (
    "balance", "tickets", "ticket", "ticket-ids", "ticket-rows", "views", "raw", "classify", "observables",
    "campaign", "pivot", "query", "similar", "compare",
    "export-corrections", "export-predictions", "promise", "report month", "report figures",
    "models", "datasets", "parked", "duplicates", "dedup rules", "dedup check",
    "dedup gaps", "dedup explain", "log", "sources", "source kinds", "map", "plan-close-linked", "plan-link",
    "plan-reply", "templates", "outbox", "dataset labels", "dataset keywords",
    "second-looks", "blast-radius", "review-queue",
    "plan-tell-cluster", "shadow-report", "forgotten",
)  # fmt: skip
_TRIAGE = (
    "correct", "accept", "close", "reopen", "note", "assign", "undo", "retry", "dismiss", "link", "unlink", "split",
    "check-link", "close-linked", "reply", "move-mail", "flag-mail", "resend", "withdraw",
    "second-opinion", "tell-cluster", "snooze", "follow-up", "wake", "new", "view save", "view remove",
    "decide-like", "ignore", "heed",
)  # fmt: skip
_INTAKE = ("push",)
# Among them whatever names a file of the server's machine, and all that decides who may do what.
_ADMIN = (
    "import", "demo", "train", "evaluate", "audit", "use-model", "promote", "shadow", "forget", "recall",
    "dataset add", "dataset import", "dataset preview", "dataset set", "dataset rename", "dataset merge",
    "dataset split", "dataset save-keywords",
    "dedup save", "dedup simulate",
    "tokens", "token add", "token revoke", "token check",
    "source add", "source set", "source test", "source sign-in", "source pause", "source resume", "source remove",
    "sync", "reindex",
)  # fmt: skip

SCOPES: Mapping[str, Scope] = {
    **dict.fromkeys(_READ, Scope.READ),
    **dict.fromkeys(_TRIAGE, Scope.TRIAGE),
    **dict.fromkeys(_INTAKE, Scope.INTAKE),
    **dict.fromkeys(_ADMIN, Scope.ADMIN),
}


def scope_of(verb: Verb) -> Scope:
    """The scope that a token needs for a verb."""
    return SCOPES.get(verb.name, Scope.ADMIN)
