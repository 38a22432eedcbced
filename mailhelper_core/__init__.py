"""mailhelper: the mail engine that a Python program imports; these names are its public API.

Each is listed under its module and loads on first use. Type checkers and editors read the same names in
`__init__.pyi`, which `python -m tests.stub` makes from this list.
"""

from __future__ import annotations

from mailhelper_core.lazy import lazy_names

__version__ = "0.1.0"

HOMES = {
    "accounts.discover": "ServerGuess",
    "actions.service": "ActionService",
    "ai.providers.anthropic": "anthropic_provider",
    "ai.providers.ollama": "ollama_provider",
    "ai.providers.openai": "openai_provider",
    "app.helper": "MailHelper",
    "app.owner": "OwnerServices",
    "errors": (
        "BudgetError BusyError ConfigError ConflictError ConsentError InvalidError LoginError "
        "MailHelperError NotFoundError PluginError ProviderError QueryError SchemaError ServerError SieveError "
        "ThrottledError"
    ),
    "hookspecs": "hookimpl",
    "jobs.runner": "InlineRunner Runner",
    "jobs.threads": "ThreadRunner",
    "logs": "JsonFormatter",
    "model.account": "Account AccountCheck AccountPolicy Endpoint MailboxDifference Verification advice_for",
    "model.contents": "BlobStore BlobStoreType",
    "model.egress": "Budget Consent EgressCounts EgressPreview LedgerEntry Level Redaction",
    "model.embedder": "Embedder",
    "model.extension": (
        "ActionType Classifier Condition Context PluginInfo ReadyRule Registry SourceType TagSuggester each"
    ),
    "model.health": "Health HealthItem",
    "model.job": "Bell Job TickReport",
    "model.learning": "CurvePoint Drift Evaluation LearningStatus Quality TaskStatus Training TrainReport",
    "model.meaning": "RankedMessage SearchMode VectorStatus",
    "model.message": "Address Attachment Mailbox MailFacts Message MessageDetail MessageTag Place",
    "model.news": "JobFinished MessageProcessed MessageStored Metric OperationDelivered RuleMatched",
    "model.operation": (
        "AddKeyword AddTag AskReply Change ChangeEntry CopyMessage Effect MoveMessage Notify Operation "
        "RemoveKeyword RemoveTag SetPriority"
    ),
    "model.opinion": "CATEGORIES Classification Importance Opinion Spam Urgency priority_score traffic_light",
    "model.overview": "AccountHealth ErrorCount QueueState",
    "model.owner": "OwnerSettings",
    "model.plugin_tables": "PluginTables",
    "model.provider": "Completion CompletionRequest EmbeddingAnswer EmbeddingRequest ModelInfo Provider Purpose",
    "model.recognizer": "PersonalData Recognizer",
    "model.remote": (
        "MailSession OpenedMailbox Placed Pusher PushingSession RemoteDelta RemoteFlags RemoteMailbox RemoteMetadata "
        "RemoteStatus Resume SessionInfo"
    ),
    "model.reply": "TONES Draft ReplyStyle Tone WritingHabits",
    "model.report": (
        "DeliverReport EmbedReport ErrorNote Event MaintenanceReport Page ProcessReport Progress RuleRun "
        "RunReport SyncReport UndoReport"
    ),
    "model.rule": "Action Finding FindingKind Plan Rule RuleHit RuleMode RuleSuggestion TraceStep",
    "model.saved": "SavedSearch",
    "model.setting": "Setting",
    "model.sieve": "ImportReport SieveExport SieveLoss SieveLossKind",
    "model.tag": "SuggestedTag Tag TagExample TagSuggestion",
    "model.timeline": "TimelineEntry",
    "model.token": "TokenProvider TokenRequest",
    "model.transfer": "ArchiveReport CopyReport EraseReport TableRows",
    "model.uidset": "UidSet",
    "plugins.load": "installed_plugins",
    "process.service": "ProcessingService",
    "read.service": "AttachmentContent",
    "replies.service": "ReplyService",
    "rules.service": "RulesEngine",
    "search.asked": "GroupCounts",
    "search.service": "SearchService",
    "search.snippet": "Snippet",
    "server.local": "LocalFolder LocalMessage LocalSession with_uids",
    "settings": "Settings",
    "store.mind.tags": "Assignment",
    "store.unit_of_work": "Store",
    "sync.service": "MailSyncService",
    "tags.service": "TagManager",
}

__getattr__, __dir__, __all__ = lazy_names(__name__, HOMES, "__version__")
