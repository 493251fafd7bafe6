"""Which function carries out which command or answers which query. Only `App` reaches them."""

from collections.abc import Callable, Mapping
from typing import Any

from triage_app.services import (
    auditing,
    blast,
    by_hand,
    campaign,
    champions,
    commands,
    datasets,
    dedup,
    dedup_queries,
    duplicates,
    evaluating,
    explaining,
    exporting,
    history,
    intake,
    keywords,
    learning,
    learning_commands,
    learning_queries,
    mail_commands,
    mail_queries,
    mapping,
    month,
    originals,
    origins,
    outbox,
    pivot,
    promises,
    push_commands,
    pushing,
    queries,
    reindexing,
    replies,
    reviewing,
    search_commands,
    search_queries,
    second_looks,
    shadows,
    signing_in,
    simulation,
    snoozing,
    source_commands,
    source_queries,
    sources,
    syncing,
    tickets,
    token_commands,
    token_queries,
    tokens,
    training,
    triage,
)
from triage_app.services.context import Context
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result

Short = Callable[[Any, UnitOfWork, Ports, Context], Result[Any]]
Long = Callable[[Any, Ports, Context], Result[Any]]
Prepared = Callable[[Any, Ports, Context], Callable[[UnitOfWork], Result[Any]]]
Answer = Callable[[Any, UnitOfWork, Ports, Context], Any]
Outside = Callable[[Any, Ports, Context], Any]

SHORT: Mapping[type, Short] = {
    commands.DismissParked: intake.dismiss_parked,
    commands.CorrectLabel: triage.correct_label,
    commands.AcceptLabel: triage.accept_label,
    commands.CloseTicket: triage.close_ticket,
    commands.ReopenTicket: triage.reopen_ticket,
    commands.AssignTicket: triage.assign_ticket,
    commands.AddNote: triage.add_note,
    commands.Undo: history.undo,
    search_commands.SnoozeTicket: snoozing.snooze_ticket,
    search_commands.FollowUp: snoozing.follow_up,
    search_commands.WakeTickets: snoozing.wake_tickets,
    learning_commands.SecondOpinion: second_looks.second_opinion,
    commands.UseModel: champions.use_model,
    learning_commands.ShadowModel: shadows.shadow_model,
    learning_commands.SetDataset: datasets.set_dataset,
    learning_commands.RenameLabel: datasets.rename_label,
    learning_commands.MergeLabels: datasets.merge_labels,
    learning_commands.SplitLabel: datasets.split_label,
    learning_commands.SaveKeywords: keywords.save_keywords,
    learning_commands.RecallOrigin: origins.recall_origin,
    commands.LinkTickets: duplicates.link_tickets,
    commands.UnlinkTicket: duplicates.unlink_ticket,
    commands.CheckLink: duplicates.check_link,
    commands.CloseLinked: duplicates.close_linked,
    source_commands.PauseSource: sources.pause,
    source_commands.ResumeSource: sources.resume,
    mail_commands.MoveMail: originals.move,
    mail_commands.FlagMail: originals.flag,
    mail_commands.ResendOutgoing: outbox.resend,
    mail_commands.WithdrawOutgoing: outbox.withdraw,
    token_commands.AddToken: tokens.add_token,
    token_commands.RevokeToken: tokens.revoke_token,
}
"""Commands that are one transaction together with their log entry."""

PREPARED: Mapping[type, Prepared] = {
    learning_commands.AddDataset: datasets.add_dataset,
    learning_commands.ImportExamples: datasets.import_examples,
    learning_commands.PromoteModel: champions.promote_model,
    learning_commands.ForgetOrigin: origins.forget_origin,
    commands.SplitRepeat: duplicates.split_repeat,
    learning_commands.TellCluster: reviewing.tell_cluster,
    mail_commands.ReplyToTicket: replies.reply,
    search_commands.AddTicket: by_hand.add_ticket,
    source_commands.AddSource: sources.add,
    source_commands.SetSource: sources.set_,
    source_commands.RemoveSource: sources.remove,
}
"""Commands that read an item, compare models or keep a secret first, so that no writer waits for that, and then are one
transaction as well."""

LONG: Mapping[type, Long] = {
    commands.ImportFiles: intake.import_files,
    commands.LoadDemo: intake.load_demo,
    commands.RetryParked: intake.retry_parked,
    commands.TrainModel: training.train_model,
    commands.SaveDedupRules: dedup.save_rules,
    push_commands.PushAlerts: pushing.push_alerts,
    source_commands.SignInSource: signing_in.sign_in,
    source_commands.SyncSources: syncing.sync,
    search_commands.ReindexTickets: reindexing.reindex,
}
"""Commands that read files or sources, train, or wait for a person, and commit as they go."""

ANSWERS: Mapping[type, Answer] = {
    queries.GetBalance: intake.get_balance,
    queries.ListParked: intake.list_parked,
    queries.ListTickets: tickets.list_tickets,
    queries.ListTicketIds: tickets.list_ticket_ids,
    queries.GetTicketRows: tickets.get_ticket_rows,
    queries.CountViews: tickets.count_views,
    queries.GetTicket: tickets.get_ticket,
    queries.GetRaw: tickets.get_raw,
    queries.FindObservables: tickets.find_observables,
    search_queries.GetCampaign: campaign.get_campaign,
    search_queries.GetPivot: pivot.get_pivot,
    queries.PreviewMapping: mapping.preview,
    queries.ClassifyText: learning.classify_text,
    queries.ExportCorrections: exporting.export_corrections,
    learning_queries.ExportPredictions: exporting.export_predictions,
    learning_queries.GetPromise: promises.get_promise,
    learning_queries.GetMonth: month.get_month,
    queries.ListModels: training.list_models,
    learning_queries.ListLabels: datasets.list_labels,
    learning_queries.ListKeywords: keywords.list_keywords,
    learning_queries.GetShadow: shadows.get_shadow,
    learning_queries.ListForgotten: origins.list_forgotten,
    queries.ListDatasets: training.list_datasets,
    queries.ListAudit: history.list_audit,
    learning_queries.GetReviewQueue: reviewing.get_review_queue,
    learning_queries.PlanTellCluster: reviewing.plan_tell_cluster,
    learning_queries.ListSecondLooks: second_looks.list_second_looks,
    dedup_queries.GetDuplicates: duplicates.get_duplicates,
    dedup_queries.PlanCloseLinked: duplicates.plan_close_linked,
    dedup_queries.ListDedupRules: dedup.list_rules,
    dedup_queries.CheckDedupRules: dedup.check_rules,
    dedup_queries.SimulateDedup: simulation.simulate,
    dedup_queries.DesignWindow: simulation.design_window,
    dedup_queries.ExplainDedup: explaining.explain,
    mail_queries.PlanReply: replies.plan,
    mail_queries.ListTemplates: replies.list_templates,
    mail_queries.ListOutbox: outbox.list_outbox,
    source_queries.ListSources: sources.list_sources,
    source_queries.ListSourceKinds: sources.list_kinds,
    token_queries.ListTokens: tokens.list_tokens,
    token_queries.CheckToken: tokens.check_token,
}

OUTSIDE: Mapping[type, Outside] = {
    learning_queries.AuditLabels: auditing.audit_labels,
    learning_queries.GetBlastRadius: blast.get_blast_radius,
    queries.EvaluateModel: evaluating.evaluate_model,
    learning_queries.PreviewExamples: datasets.preview_examples,
    source_queries.TestSource: sources.test,
    learning_queries.ReportMonth: month.report_month,
}
"""Queries that go out to others or train: they read what they need first, so that no transaction stays open meanwhile.
"""
