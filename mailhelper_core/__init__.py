"""mailhelper: the mail engine that a Python program imports; these names are its public API.

Names load on first use, so that importing the package costs next to nothing (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailhelper_core.accounts.discover import ServerGuess
    from mailhelper_core.actions.service import ActionService
    from mailhelper_core.ai.providers.anthropic import anthropic_provider
    from mailhelper_core.ai.providers.ollama import ollama_provider
    from mailhelper_core.ai.providers.openai import openai_provider
    from mailhelper_core.app.helper import MailHelper
    from mailhelper_core.app.owner import OwnerServices
    from mailhelper_core.errors import (
        BudgetError,
        BusyError,
        ConfigError,
        ConflictError,
        ConsentError,
        InvalidError,
        LoginError,
        MailHelperError,
        NotFoundError,
        PluginError,
        ProviderError,
        QueryError,
        SchemaError,
        ServerError,
        SieveError,
        ThrottledError,
    )
    from mailhelper_core.hookspecs import hookimpl
    from mailhelper_core.jobs.runner import InlineRunner, Runner
    from mailhelper_core.jobs.threads import ThreadRunner
    from mailhelper_core.logs import JsonFormatter
    from mailhelper_core.model.account import (
        Account,
        AccountCheck,
        AccountPolicy,
        Endpoint,
        MailboxDifference,
        Verification,
        advice_for,
    )
    from mailhelper_core.model.contents import BlobStore, BlobStoreType
    from mailhelper_core.model.egress import (
        Budget,
        Consent,
        EgressCounts,
        EgressPreview,
        LedgerEntry,
        Level,
        Redaction,
    )
    from mailhelper_core.model.embedder import Embedder
    from mailhelper_core.model.extension import (
        ActionType,
        Classifier,
        Condition,
        Context,
        PluginInfo,
        ReadyRule,
        Registry,
        SourceType,
        TagSuggester,
        each,
    )
    from mailhelper_core.model.health import Health, HealthItem
    from mailhelper_core.model.job import Bell, Job, TickReport
    from mailhelper_core.model.learning import (
        CurvePoint,
        Drift,
        Evaluation,
        LearningStatus,
        Quality,
        TaskStatus,
        Training,
        TrainReport,
    )
    from mailhelper_core.model.meaning import RankedMessage, SearchMode, VectorStatus
    from mailhelper_core.model.message import (
        Address,
        Attachment,
        Mailbox,
        MailFacts,
        Message,
        MessageDetail,
        MessageTag,
        Place,
    )
    from mailhelper_core.model.news import (
        JobFinished,
        MessageProcessed,
        MessageStored,
        Metric,
        OperationDelivered,
        RuleMatched,
    )
    from mailhelper_core.model.operation import (
        AddKeyword,
        AddTag,
        AskReply,
        Change,
        ChangeEntry,
        CopyMessage,
        Effect,
        MoveMessage,
        Notify,
        Operation,
        RemoveKeyword,
        RemoveTag,
        SetPriority,
    )
    from mailhelper_core.model.opinion import (
        CATEGORIES,
        Classification,
        Importance,
        Opinion,
        Spam,
        Urgency,
        priority_score,
        traffic_light,
    )
    from mailhelper_core.model.overview import AccountHealth, ErrorCount, QueueState
    from mailhelper_core.model.owner import OwnerSettings
    from mailhelper_core.model.plugin_tables import PluginTables
    from mailhelper_core.model.provider import (
        Completion,
        CompletionRequest,
        EmbeddingAnswer,
        EmbeddingRequest,
        ModelInfo,
        Provider,
        Purpose,
    )
    from mailhelper_core.model.recognizer import PersonalData, Recognizer
    from mailhelper_core.model.remote import (
        MailSession,
        OpenedMailbox,
        Placed,
        Pusher,
        PushingSession,
        RemoteDelta,
        RemoteFlags,
        RemoteMailbox,
        RemoteMetadata,
        RemoteStatus,
        Resume,
        SessionInfo,
    )
    from mailhelper_core.model.reply import TONES, Draft, ReplyStyle, Tone, WritingHabits
    from mailhelper_core.model.report import (
        DeliverReport,
        EmbedReport,
        ErrorNote,
        Event,
        MaintenanceReport,
        Page,
        ProcessReport,
        Progress,
        RuleRun,
        RunReport,
        SyncReport,
        UndoReport,
    )
    from mailhelper_core.model.rule import (
        Action,
        Finding,
        FindingKind,
        Plan,
        Rule,
        RuleHit,
        RuleMode,
        RuleSuggestion,
        TraceStep,
    )
    from mailhelper_core.model.saved import SavedSearch
    from mailhelper_core.model.setting import Setting
    from mailhelper_core.model.sieve import ImportReport, SieveExport, SieveLoss, SieveLossKind
    from mailhelper_core.model.tag import SuggestedTag, Tag, TagExample, TagSuggestion
    from mailhelper_core.model.timeline import TimelineEntry
    from mailhelper_core.model.token import TokenProvider, TokenRequest
    from mailhelper_core.model.transfer import ArchiveReport, CopyReport, EraseReport, TableRows
    from mailhelper_core.model.uidset import UidSet
    from mailhelper_core.plugins.load import installed as installed_plugins
    from mailhelper_core.process.service import ProcessingService
    from mailhelper_core.read.service import AttachmentContent
    from mailhelper_core.replies.service import ReplyService
    from mailhelper_core.rules.service import RulesEngine
    from mailhelper_core.search.asked import GroupCounts
    from mailhelper_core.search.service import SearchService
    from mailhelper_core.search.snippet import Snippet
    from mailhelper_core.server.local import LocalFolder, LocalMessage, LocalSession, with_uids
    from mailhelper_core.settings import Settings
    from mailhelper_core.store.mind.tags import Assignment
    from mailhelper_core.store.unit_of_work import Store
    from mailhelper_core.sync.service import MailSyncService
    from mailhelper_core.tags.service import TagManager

__version__ = "0.1.0"

# fmt: off
__all__ = [
    "CATEGORIES",
    "TONES",
    "Account",
    "AccountCheck",
    "AccountHealth",
    "AccountPolicy",
    "Action",
    "ActionService",
    "ActionType",
    "AddKeyword",
    "AddTag",
    "Address",
    "ArchiveReport",
    "AskReply",
    "Assignment",
    "Attachment",
    "AttachmentContent",
    "Bell",
    "BlobStore",
    "BlobStoreType",
    "Budget",
    "BudgetError",
    "BusyError",
    "Change",
    "ChangeEntry",
    "Classification",
    "Classifier",
    "Completion",
    "CompletionRequest",
    "Condition",
    "ConfigError",
    "ConflictError",
    "Consent",
    "ConsentError",
    "Context",
    "CopyMessage",
    "CopyReport",
    "CurvePoint",
    "DeliverReport",
    "Draft",
    "Drift",
    "Effect",
    "EgressCounts",
    "EgressPreview",
    "EmbedReport",
    "Embedder",
    "EmbeddingAnswer",
    "EmbeddingRequest",
    "Endpoint",
    "EraseReport",
    "ErrorCount",
    "ErrorNote",
    "Evaluation",
    "Event",
    "Finding",
    "FindingKind",
    "GroupCounts",
    "Health",
    "HealthItem",
    "ImportReport",
    "Importance",
    "InlineRunner",
    "InvalidError",
    "Job",
    "JobFinished",
    "JsonFormatter",
    "LearningStatus",
    "LedgerEntry",
    "Level",
    "LocalFolder",
    "LocalMessage",
    "LocalSession",
    "LoginError",
    "MailFacts",
    "MailHelper",
    "MailHelperError",
    "MailSession",
    "MailSyncService",
    "Mailbox",
    "MailboxDifference",
    "MaintenanceReport",
    "Message",
    "MessageDetail",
    "MessageProcessed",
    "MessageStored",
    "MessageTag",
    "Metric",
    "ModelInfo",
    "MoveMessage",
    "NotFoundError",
    "Notify",
    "OpenedMailbox",
    "Operation",
    "OperationDelivered",
    "Opinion",
    "OwnerServices",
    "OwnerSettings",
    "Page",
    "PersonalData",
    "Place",
    "Placed",
    "Plan",
    "PluginError",
    "PluginInfo",
    "PluginTables",
    "ProcessReport",
    "ProcessingService",
    "Progress",
    "Provider",
    "ProviderError",
    "Purpose",
    "Pusher",
    "PushingSession",
    "Quality",
    "QueryError",
    "QueueState",
    "RankedMessage",
    "ReadyRule",
    "Recognizer",
    "Redaction",
    "Registry",
    "RemoteDelta",
    "RemoteFlags",
    "RemoteMailbox",
    "RemoteMetadata",
    "RemoteStatus",
    "RemoveKeyword",
    "RemoveTag",
    "ReplyService",
    "ReplyStyle",
    "Resume",
    "Rule",
    "RuleHit",
    "RuleMatched",
    "RuleMode",
    "RuleRun",
    "RuleSuggestion",
    "RulesEngine",
    "RunReport",
    "Runner",
    "SavedSearch",
    "SchemaError",
    "SearchMode",
    "SearchService",
    "ServerError",
    "ServerGuess",
    "SessionInfo",
    "SetPriority",
    "Setting",
    "Settings",
    "SieveError",
    "SieveExport",
    "SieveLoss",
    "SieveLossKind",
    "Snippet",
    "SourceType",
    "Spam",
    "Store",
    "SuggestedTag",
    "SyncReport",
    "TableRows",
    "Tag",
    "TagExample",
    "TagManager",
    "TagSuggester",
    "TagSuggestion",
    "TaskStatus",
    "ThreadRunner",
    "ThrottledError",
    "TickReport",
    "TimelineEntry",
    "TokenProvider",
    "TokenRequest",
    "Tone",
    "TraceStep",
    "TrainReport",
    "Training",
    "UidSet",
    "UndoReport",
    "Urgency",
    "VectorStatus",
    "Verification",
    "WritingHabits",
    "__version__",
    "advice_for",
    "anthropic_provider",
    "each",
    "hookimpl",
    "installed_plugins",
    "ollama_provider",
    "openai_provider",
    "priority_score",
    "traffic_light",
    "with_uids",
]
# fmt: on

# Where each public name lives.
_HOMES = {
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
# The one name that is clearer outside its module.
_RENAMED = {"installed_plugins": "installed"}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    module = _HOME_OF.get(name)
    if module is None:
        raise AttributeError(f"module 'mailhelper_core' has no attribute {name!r}")
    value: object = getattr(import_module(f"mailhelper_core.{module}"), _RENAMED.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
