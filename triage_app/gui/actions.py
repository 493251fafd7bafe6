"""One table of all that can be done in the desk: id, words, icon, keys, the verb behind it, when it is allowed."""

from dataclasses import dataclass
from enum import Enum, StrEnum

from triage_app.services import (
    commands,
    dedup_queries,
    learning_commands,
    learning_queries,
    mail_commands,
    queries,
    search_commands,
    search_queries,
)


class Group(StrEnum):
    """Under which heading the help of keys and the command palette list an action."""

    DECIDE = "Decide"
    MOVE = "Move"
    GO = "Go to"
    TICKET = "Ticket"
    FILES = "Files"
    RULES = "Rules"
    LEARNING = "Learning"
    LOOK = "Look"
    HELP = "Help"


class Needs(Enum):
    """What must be there for an action to be allowed."""

    NOTHING = 0
    TICKET = 1
    OPEN_TICKET = 2
    CLOSED_TICKET = 3
    PARKED = 4
    RULES = 5


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `verb` is the command or query that it carries out; None is navigation, which changes only the view.

    `keys` are in Qt's portable form; the first is shown. `argument` is a fixed value: a label's place, a view, a theme.
    """

    id: str
    text: str
    group: Group
    keys: tuple[str, ...] = ()
    icon: str = ""
    verb: type | None = None
    needs: Needs = Needs.NOTHING
    argument: str = ""

    @property
    def navigates(self) -> bool:
        """Whether it only changes what is shown."""
        return self.verb is None


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")

CORRECTIONS = tuple(
    Action(
        f"correct-{place}",
        f"Correct to the {_ORDINALS[place - 1]} label",
        Group.DECIDE,
        (str(place),),
        "pencil",
        commands.CorrectLabel,
        Needs.TICKET,
        str(place),
    )
    for place in range(1, 10)
)

SAVED_VIEWS = tuple(
    Action(
        f"saved-{place}",
        f"The {_ORDINALS[place - 1]} saved view",
        Group.GO,
        (f"G, {place}",),
        "bookmark",
        argument=str(place),
    )
    for place in range(1, 10)
)

ACTIONS: tuple[Action, ...] = (
    Action("accept", "Accept the suggestion", Group.DECIDE, ("A",), "check", commands.AcceptLabel, Needs.TICKET),
    *CORRECTIONS,
    Action(
        "close",
        "Close with a verdict",
        Group.DECIDE,
        ("E",),
        "circle-check-big",
        commands.CloseTicket,
        Needs.OPEN_TICKET,
    ),
    Action("reopen", "Reopen", Group.DECIDE, ("Shift+R",), "rotate-ccw", commands.ReopenTicket, Needs.CLOSED_TICKET),
    Action("assign-me", "Assign to me", Group.DECIDE, ("M",), "hand", commands.AssignTicket, Needs.OPEN_TICKET, "me"),
    Action(
        "assign-nobody",
        "Assign to nobody",
        Group.DECIDE,
        ("Shift+M",),
        "user-round",
        commands.AssignTicket,
        Needs.OPEN_TICKET,
        "-",
    ),
    Action(
        "snooze", "Put off\u2026", Group.DECIDE, ("H",), "alarm-clock", search_commands.SnoozeTicket, Needs.OPEN_TICKET
    ),
    Action(
        "wake",
        "Bring back what was put off",
        Group.DECIDE,
        ("Shift+H",),
        "alarm-clock-off",
        search_commands.WakeTickets,
        Needs.TICKET,
    ),
    Action(
        "follow-up",
        "Follow up\u2026",
        Group.DECIDE,
        ("F",),
        "calendar-clock",
        search_commands.FollowUp,
        Needs.TICKET,
    ),
    Action("note", "Add a note", Group.DECIDE, ("N",), "sticky-note", commands.AddNote, Needs.TICKET),
    Action("reply", "Reply\u2026", Group.DECIDE, ("Y",), "reply", mail_commands.ReplyToTicket, Needs.TICKET),
    Action(
        "move-mail", "Move the original mail\u2026", Group.DECIDE, (), "forward", mail_commands.MoveMail, Needs.TICKET
    ),
    Action("flag-mail", "Flag the original mail", Group.DECIDE, (), "flag", mail_commands.FlagMail, Needs.TICKET),
    Action("link", "Link as duplicate", Group.DECIDE, ("D",), "link", commands.LinkTickets, Needs.TICKET),
    Action(
        "merge",
        "Merge the marked tickets\u2026",
        Group.DECIDE,
        ("Shift+D",),
        "merge",
        commands.LinkTickets,
        Needs.TICKET,
    ),
    Action("unlink", "Unlink for good", Group.DECIDE, ("U",), "unlink", commands.UnlinkTicket, Needs.TICKET),
    Action(
        "close-linked",
        "Close with all linked duplicates",
        Group.DECIDE,
        ("Shift+E",),
        "copy-check",
        commands.CloseLinked,
        Needs.TICKET,
    ),
    Action("check-link", "Tick off the potential link", Group.DECIDE, (), "check", commands.CheckLink, Needs.TICKET),
    Action("split", "Split off the merged repeat", Group.DECIDE, (), "split", commands.SplitRepeat, Needs.TICKET),
    Action("new-ticket", "New ticket\u2026", Group.DECIDE, ("Ctrl+N",), "plus", search_commands.AddTicket),
    Action("undo", "Undo the last decision", Group.DECIDE, ("Z", "Ctrl+Z"), "undo-2", commands.Undo),
    Action("next", "Next ticket", Group.MOVE, ("J",), "chevron-down"),
    Action("previous", "Previous ticket", Group.MOVE, ("K",), "chevron-right"),
    Action("group-next", "Next ticket of the group", Group.MOVE, (".",), "chevron-down", needs=Needs.TICKET),
    Action("group-previous", "Previous ticket of the group", Group.MOVE, (",",), "chevron-right", needs=Needs.TICKET),
    Action("extend-next", "Extend the selection down", Group.MOVE, ("Shift+J",), "layers"),
    Action("extend-previous", "Extend the selection up", Group.MOVE, ("Shift+K",), "layers"),
    Action("select", "Select or unselect", Group.MOVE, ("X",), "square-check"),
    Action("select-all", "Select everything in this view", Group.MOVE, ("Ctrl+A",), "square-check"),
    Action("select-none", "Select only this ticket", Group.MOVE, ("Shift+X",), "square"),
    Action("open", "Read the ticket", Group.MOVE, ("Return", "Enter"), "eye"),
    Action("back", "Back to the queue", Group.MOVE, ("Escape",), "list"),
    Action("search", "Search in this view", Group.MOVE, ("/",), "search"),
    Action("search-all", "Search all tickets", Group.MOVE, ("Ctrl+F",), "search"),
    Action(
        "save-view",
        "Save this search as a view\u2026",
        Group.MOVE,
        ("Ctrl+S",),
        "bookmark-plus",
        search_commands.SaveView,
    ),
    Action("rename-view", "Rename this saved view\u2026", Group.MOVE, (), "bookmark", search_commands.SaveView),
    Action("remove-view", "Remove this saved view", Group.MOVE, (), "bookmark", search_commands.RemoveView),
    Action("go-inbox", "Inbox", Group.GO, ("G, I",), "inbox", None, Needs.NOTHING, "inbox"),
    Action("go-review", "To review", Group.GO, ("G, R",), "scan-search", None, Needs.NOTHING, "review"),
    Action("go-mine", "Mine", Group.GO, ("G, M",), "user-round", None, Needs.NOTHING, "mine"),
    Action("go-duplicates", "Duplicates", Group.GO, ("G, D",), "copy", None, Needs.NOTHING, "duplicates"),
    Action("go-waiting", "Waiting", Group.GO, ("G, W",), "alarm-clock", None, Needs.NOTHING, "waiting"),
    Action("go-closed", "Closed", Group.GO, ("G, C",), "archive", None, Needs.NOTHING, "closed"),
    Action("go-all", "All tickets", Group.GO, ("G, A",), "layers", None, Needs.NOTHING, "all"),
    Action("go-parked", "Parked", Group.GO, ("G, P",), "circle-pause", None, Needs.NOTHING, "parked"),
    Action("go-sources", "Sources", Group.GO, ("G, S",), "download", None, Needs.NOTHING, "sources"),
    Action("go-api", "API", Group.GO, ("G, X",), "plug", None, Needs.NOTHING, "api"),
    Action("go-balance", "Balance", Group.GO, ("G, B",), "square-check", None, Needs.NOTHING, "balance"),
    Action("go-rules", "Rules", Group.GO, ("G, U",), "list-filter", None, Needs.NOTHING, "rules"),
    Action("go-learning", "Learning", Group.GO, ("G, L",), "graduation-cap", None, Needs.NOTHING, "learning"),
    *SAVED_VIEWS,
    Action("tab-message", "Show the message", Group.TICKET, ("Alt+1",), "mail", None, Needs.TICKET, "message"),
    Action(
        "tab-observables", "Show the observables", Group.TICKET, ("Alt+2",), "eye", None, Needs.TICKET, "observables"
    ),
    Action("tab-duplicates", "Show the duplicates", Group.TICKET, ("Alt+3",), "copy", None, Needs.TICKET, "duplicates"),
    Action(
        "tab-similar",
        "Show what is similar",
        Group.TICKET,
        ("Alt+4",),
        "scan-search",
        search_queries.GetSimilar,
        Needs.TICKET,
        "similar",
    ),
    Action("tab-timeline", "Show the timeline", Group.TICKET, ("Alt+5",), "clock", None, Needs.TICKET, "timeline"),
    Action("similar-open", "Go to the similar ticket", Group.TICKET, ("O",), "eye", needs=Needs.TICKET),
    Action(
        "similar-link",
        "Link to the similar ticket",
        Group.TICKET,
        ("L",),
        "link",
        commands.LinkTickets,
        Needs.TICKET,
    ),
    Action(
        "similar-note",
        "Copy the note of the similar ticket to this one",
        Group.TICKET,
        ("Shift+N",),
        "sticky-note",
        commands.AddNote,
        Needs.TICKET,
    ),
    Action(
        "similar-decide",
        "Decide like the similar ticket",
        Group.TICKET,
        ("Shift+A",),
        "copy-check",
        search_commands.DecideLike,
        Needs.TICKET,
    ),
    Action(
        "explain", "Why a duplicate, or not", Group.TICKET, ("W",), "info", dedup_queries.ExplainDedup, Needs.TICKET
    ),
    Action(
        "pivot",
        "Open the observable\u2019s page",
        Group.TICKET,
        ("Alt+O",),
        "scan-search",
        search_queries.GetPivot,
        Needs.TICKET,
    ),
    Action(
        "ignore",
        "Ignore the observable, or heed it again",
        Group.TICKET,
        ("Alt+I",),
        "eye",
        search_commands.IgnoreObservable,
        Needs.TICKET,
    ),
    Action("compare", "Side by side", Group.TICKET, ("V",), "columns-2", search_queries.CompareTickets, Needs.TICKET),
    Action("campaign", "Show as a campaign", Group.TICKET, ("C",), "layers", search_queries.GetCampaign, Needs.TICKET),
    Action("raw", "Show the item as received", Group.TICKET, ("R",), "code", queries.GetRaw, Needs.TICKET),
    Action("import-files", "Import files\u2026", Group.FILES, ("Ctrl+O",), "file-input", commands.ImportFiles),
    Action(
        "import-folder", "Import a folder\u2026", Group.FILES, ("Ctrl+Shift+O",), "file-input", commands.ImportFiles
    ),
    Action("load-demo", "Load the sample mail and alerts", Group.FILES, (), "mail", commands.LoadDemo),
    Action("retry-all", "Try all parked items again", Group.FILES, (), "refresh-cw", commands.RetryParked),
    Action("retry", "Try this parked item again", Group.FILES, (), "refresh-cw", commands.RetryParked, Needs.PARKED),
    Action("dismiss", "Dismiss this parked item", Group.FILES, (), "x", commands.DismissParked, Needs.PARKED),
    Action("check-rules", "Check the draft", Group.RULES, (), "check", dedup_queries.CheckDedupRules, Needs.RULES),
    Action("simulate-rules", "Simulate the draft", Group.RULES, (), "play", dedup_queries.SimulateDedup, Needs.RULES),
    Action(
        "design-window", "Read the gaps of this rule", Group.RULES, (), "clock", dedup_queries.DesignWindow, Needs.RULES
    ),
    Action("save-rules", "Put the draft in force", Group.RULES, (), "check", commands.SaveDedupRules, Needs.RULES),
    Action("learn-overview", "Learning: overview", Group.LEARNING, ("Ctrl+1",), "graduation-cap"),
    Action("learn-review", "Learning: what to label next", Group.LEARNING, ("Ctrl+3",), "graduation-cap"),
    Action("learn-audit", "Learning: audit of the labels", Group.LEARNING, ("Ctrl+4",), "graduation-cap"),
    Action("learn-training", "Learning: training", Group.LEARNING, ("Ctrl+5",), "graduation-cap"),
    Action("learn-models", "Learning: model versions", Group.LEARNING, ("Ctrl+6",), "graduation-cap"),
    Action("learn-datasets", "Learning: datasets", Group.LEARNING, ("Ctrl+7",), "graduation-cap"),
    Action("learn-month", "Learning: the month", Group.LEARNING, ("Ctrl+8",), "graduation-cap"),
    Action("audit", "Audit the labels", Group.LEARNING, (), "scan-search", learning_queries.AuditLabels),
    Action("learn-evaluation", "Learning: evaluation", Group.LEARNING, ("Ctrl+2",), "graduation-cap"),
    Action("evaluate", "Measure the model", Group.LEARNING, (), "play", queries.EvaluateModel),
    Action("add-dataset", "Add a dataset\u2026", Group.LEARNING, (), "file-input", learning_commands.AddDataset),
    Action(
        "import-examples", "Import examples\u2026", Group.LEARNING, (), "file-input", learning_commands.ImportExamples
    ),
    Action(
        "save-report",
        "Save the report of the month\u2026",
        Group.LEARNING,
        (),
        "download",
        learning_queries.ReportMonth,
    ),
    Action(
        "export-predictions",
        "Export the predictions\u2026",
        Group.LEARNING,
        (),
        "download",
        learning_queries.ExportPredictions,
    ),
    Action("save-keywords", "Put the keywords in force", Group.LEARNING, (), "check", learning_commands.SaveKeywords),
    Action("train", "Train a new model version", Group.LEARNING, (), "play", commands.TrainModel),
    Action(
        "promote", "Promote the selected model version", Group.LEARNING, (), "check", learning_commands.PromoteModel
    ),
    Action("use-model", "Use the selected model version", Group.LEARNING, (), "check", commands.UseModel),
    Action("roll-back", "Roll back to the version before", Group.LEARNING, (), "rotate-ccw", commands.UseModel),
    Action(
        "shadow",
        "Selected model version into the shadow, or out of it",
        Group.LEARNING,
        (),
        "eye",
        learning_commands.ShadowModel,
    ),
    Action(
        "export-corrections", "Export the corrections\u2026", Group.LEARNING, (), "download", queries.ExportCorrections
    ),
    Action("theme-system", "Theme: as the system", Group.LOOK, (), "monitor", None, Needs.NOTHING, "system"),
    Action("theme-light", "Theme: light", Group.LOOK, (), "sun", None, Needs.NOTHING, "light"),
    Action("theme-dark", "Theme: dark", Group.LOOK, (), "moon", None, Needs.NOTHING, "dark"),
    Action("compact", "Compact rows", Group.LOOK, ("Ctrl+Shift+D",), "list"),
    Action("palette", "Find a command\u2026", Group.HELP, ("Ctrl+K",), "command"),
    Action("keys", "Keys", Group.HELP, ("?", "F1"), "keyboard"),
    Action("quit", "Quit", Group.FILES, ("Ctrl+Q",), "log-out"),
)


def action_named(which: str) -> Action:
    """The action with this id; raises KeyError."""
    for action in ACTIONS:
        if action.id == which:
            return action
    raise KeyError(which)
