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
    "logs": "JsonFormatter logs_from_env",
    "model.ai.egress": "Budget Consent EgressCounts EgressPreview LedgerEntry Level Redaction",
    "model.ai.embedder": "Embedder",
    "model.ai.provider": "Completion CompletionRequest EmbeddingAnswer EmbeddingRequest ModelInfo Provider Purpose",
    "model.ai.recognizer": "PersonalData Recognizer",
    "model.ai.reply": "TONES Draft ReplyStyle Tone WritingHabits",
    "model.extension": (
        "ActionType Classifier Condition Context PluginInfo ReadyRule Registry SourceType TagSuggester each"
    ),
    "model.mail.contents": "BlobStore BlobStoreType ClearableBlobStore",
    "model.mail.history": "SenderHistory",
    "model.mail.keyword": "normalize_keywords",
    "model.mail.message": "Address Attachment Mailbox MailFacts Message MessageDetail MessageTag Place",
    "model.mail.timeline": "TimelineEntry",
    "model.mind.learning": "CurvePoint Drift Evaluation LearningStatus Quality TaskStatus Training TrainReport",
    "model.mind.meaning": "RankedMessage SearchMode VectorStatus",
    "model.mind.opinion": "CATEGORIES Classification Importance Opinion Spam Urgency priority_score traffic_light",
    "model.mind.tag": "SuggestedTag Tag TagExample TagSuggestion",
    "model.owner": "OwnerSettings",
    "model.plugin_tables": "PluginTables",
    "model.rules.explanation": "RuleExplanation",
    "model.rules.rule": "Action Finding FindingKind Plan Rule RuleHit RuleMode RuleSuggestion TraceStep",
    "model.rules.saved": "SavedSearch SearchHint",
    "model.rules.sieve": "ImportReport SieveExport SieveLoss SieveLossKind",
    "model.setting": "Setting",
    "model.source.account": "Account AccountCheck AccountPolicy Endpoint MailboxDifference Verification advice_for",
    "model.source.push": "Pusher PushingSession",
    "model.source.remote": (
        "MailSession OpenedMailbox Placed RemoteDelta RemoteFlags RemoteMailbox RemoteMetadata RemoteStatus Resume "
        "SessionInfo"
    ),
    "model.source.token": "TokenProvider TokenRequest",
    "model.source.uidset": "UidSet",
    "model.transfer": "ArchiveReport CopyReport EraseReport TableRows",
    "model.work.health": "Health HealthItem",
    "model.work.job": "Bell Job TickReport",
    "model.work.news": "JobFinished MessageProcessed MessageStored Metric OperationDelivered RuleMatched",
    "model.work.operation": (
        "AddKeyword AddTag AskReply Change ChangeEntry CopyMessage Corrected Effect MoveMessage Notify Operation "
        "RemoveKeyword RemoveTag SetPriority"
    ),
    "model.work.overview": "AccountHealth ErrorCount QueueState",
    "model.work.report": (
        "DeliverReport EmbedReport ErrorNote Event IndexCheck MaintenanceReport Page ProcessReport Progress RuleRun "
        "RunReport SyncReport UndoReport"
    ),
    "plugins.load": "BUILT_IN_PLUGINS installed_plugins",
    "process.service": "ProcessingService",
    "read.service": "AttachmentContent",
    "replies.service": "ReplyService",
    "rules.service": "RulesEngine",
    "search.asked": "CountSoFar GroupCounts",
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
