"""The registry: every command and query with the name that scripts, command line and API know it by."""

from dataclasses import dataclass
from typing import Any

from triage_app.domain.errors import InvalidInput
from triage_app.services import (
    commands,
    dedup_queries,
    learning_commands,
    learning_queries,
    mail_commands,
    mail_queries,
    push_commands,
    queries,
    search_commands,
    search_queries,
    source_commands,
    source_queries,
    token_commands,
    token_queries,
)
from triage_app.services.arguments import Argument, Command, Query, answer_type, arguments_of

QueryType = type[Query[Any]]
CommandType = type[Command[Any]]


@dataclass(frozen=True, slots=True)
class Verb:
    """One command or query under its outside name.

    `plan` is for a command the query that says what it would do: its fields are among the command's. A door that offers
    the command may offer that with it, as the command line does with `--plan`.
    """

    name: str
    type: CommandType | QueryType
    plan: QueryType | None = None

    @property
    def help(self) -> str:
        """What it does: the type's docstring."""
        return (self.type.__doc__ or "").strip()

    @property
    def is_command(self) -> bool:
        """Whether it changes something (a command) or only asks (a query)."""
        return issubclass(self.type, Command)

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """Its fields, in order."""
        return arguments_of(self.type)

    @property
    def answer(self) -> Any:
        """The type of the value that comes back."""
        return answer_type(self.type)


VERBS: tuple[Verb, ...] = (
    Verb("import", commands.ImportFiles),
    Verb("balance", queries.GetBalance),
    Verb("tickets", queries.ListTickets),
    Verb("ticket", queries.GetTicket),
    Verb("ticket-ids", queries.ListTicketIds),
    Verb("ticket-rows", queries.GetTicketRows),
    Verb("views", queries.CountViews),
    Verb("query", search_queries.ReadQuery),
    Verb("similar", search_queries.GetSimilar),
    Verb("compare", search_queries.CompareTickets),
    Verb("decide-like", search_commands.DecideLike),
    Verb("ignore", search_commands.IgnoreObservable),
    Verb("heed", search_commands.HeedObservable),
    Verb("view save", search_commands.SaveView),
    Verb("view remove", search_commands.RemoveView),
    Verb("raw", queries.GetRaw),
    Verb("classify", queries.ClassifyText),
    Verb("observables", queries.FindObservables),
    Verb("map", queries.PreviewMapping),
    Verb("campaign", search_queries.GetCampaign),
    Verb("pivot", search_queries.GetPivot),
    Verb("correct", commands.CorrectLabel),
    Verb("accept", commands.AcceptLabel),
    Verb("close", commands.CloseTicket),
    Verb("reopen", commands.ReopenTicket),
    Verb("note", commands.AddNote),
    Verb("assign", commands.AssignTicket),
    Verb("snooze", search_commands.SnoozeTicket),
    Verb("follow-up", search_commands.FollowUp),
    Verb("wake", search_commands.WakeTickets),
    Verb("new", search_commands.AddTicket),
    Verb("reindex", search_commands.ReindexTickets),
    Verb("undo", commands.Undo),
    Verb("export-corrections", queries.ExportCorrections),
    Verb("export-predictions", learning_queries.ExportPredictions),
    Verb("promise", learning_queries.GetPromise),
    Verb("report month", learning_queries.ReportMonth),
    Verb("report figures", learning_queries.GetMonth),
    Verb("train", commands.TrainModel),
    Verb("evaluate", queries.EvaluateModel),
    Verb("models", queries.ListModels),
    Verb("use-model", commands.UseModel),
    Verb("promote", learning_commands.PromoteModel),
    Verb("shadow", learning_commands.ShadowModel),
    Verb("shadow-report", learning_queries.GetShadow),
    Verb("forget", learning_commands.ForgetOrigin),
    Verb("recall", learning_commands.RecallOrigin),
    Verb("forgotten", learning_queries.ListForgotten),
    Verb("datasets", queries.ListDatasets),
    Verb("dataset add", learning_commands.AddDataset),
    Verb("dataset import", learning_commands.ImportExamples),
    Verb("dataset preview", learning_queries.PreviewExamples),
    Verb("dataset set", learning_commands.SetDataset),
    Verb("dataset labels", learning_queries.ListLabels),
    Verb("dataset rename", learning_commands.RenameLabel),
    Verb("dataset merge", learning_commands.MergeLabels),
    Verb("dataset split", learning_commands.SplitLabel),
    Verb("dataset keywords", learning_queries.ListKeywords),
    Verb("dataset save-keywords", learning_commands.SaveKeywords),
    Verb("audit", learning_queries.AuditLabels),
    Verb("blast-radius", learning_queries.GetBlastRadius),
    Verb("review-queue", learning_queries.GetReviewQueue),
    Verb("tell-cluster", learning_commands.TellCluster, plan=learning_queries.PlanTellCluster),
    Verb("plan-tell-cluster", learning_queries.PlanTellCluster),
    Verb("second-looks", learning_queries.ListSecondLooks),
    Verb("second-opinion", learning_commands.SecondOpinion),
    Verb("parked", queries.ListParked),
    Verb("retry", commands.RetryParked),
    Verb("dismiss", commands.DismissParked),
    Verb("link", commands.LinkTickets, plan=search_queries.PlanLink),
    Verb("plan-link", search_queries.PlanLink),
    Verb("unlink", commands.UnlinkTicket),
    Verb("split", commands.SplitRepeat),
    Verb("check-link", commands.CheckLink),
    Verb("close-linked", commands.CloseLinked, plan=dedup_queries.PlanCloseLinked),
    Verb("plan-close-linked", dedup_queries.PlanCloseLinked),
    Verb("duplicates", dedup_queries.GetDuplicates),
    Verb("dedup rules", dedup_queries.ListDedupRules),
    Verb("dedup check", dedup_queries.CheckDedupRules),
    Verb("dedup save", commands.SaveDedupRules),
    Verb("dedup simulate", dedup_queries.SimulateDedup),
    Verb("dedup gaps", dedup_queries.DesignWindow),
    Verb("dedup explain", dedup_queries.ExplainDedup),
    Verb("push", push_commands.PushAlerts),
    Verb("tokens", token_queries.ListTokens),
    Verb("token add", token_commands.AddToken),
    Verb("token revoke", token_commands.RevokeToken),
    Verb("token check", token_queries.CheckToken),
    Verb("sources", source_queries.ListSources),
    Verb("source kinds", source_queries.ListSourceKinds),
    Verb("source add", source_commands.AddSource),
    Verb("source set", source_commands.SetSource),
    Verb("source test", source_queries.TestSource),
    Verb("source sign-in", source_commands.SignInSource),
    Verb("source pause", source_commands.PauseSource),
    Verb("source resume", source_commands.ResumeSource),
    Verb("source remove", source_commands.RemoveSource),
    Verb("sync", source_commands.SyncSources),
    Verb("reply", mail_commands.ReplyToTicket, plan=mail_queries.PlanReply),
    Verb("plan-reply", mail_queries.PlanReply),
    Verb("templates", mail_queries.ListTemplates),
    Verb("move-mail", mail_commands.MoveMail),
    Verb("flag-mail", mail_commands.FlagMail),
    Verb("outbox", mail_queries.ListOutbox),
    Verb("resend", mail_commands.ResendOutgoing),
    Verb("withdraw", mail_commands.WithdrawOutgoing),
    Verb("log", queries.ListAudit),
    Verb("demo", commands.LoadDemo),
)


def verb_named(name: str) -> Verb:
    """The verb of this name; raises InvalidInput."""
    for verb in VERBS:
        if verb.name == name:
            return verb
    raise InvalidInput(f"There is no command named {name!r}. `triage --help` lists them all.")


def verb_of(kind: type) -> Verb:
    """The verb of a command or query type; raises InvalidInput."""
    for verb in VERBS:
        if verb.type is kind:
            return verb
    raise InvalidInput(f"{kind.__name__} is not a registered command or query.")
