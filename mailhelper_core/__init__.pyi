"""The public names, for type checkers; made by `python -m tests.stub`."""

# fmt: off
# ruff: noqa: E501, I001
from mailhelper_core.accounts.discover import ServerGuess as ServerGuess
from mailhelper_core.actions.service import ActionService as ActionService
from mailhelper_core.ai.providers.anthropic import anthropic_provider as anthropic_provider
from mailhelper_core.ai.providers.ollama import ollama_provider as ollama_provider
from mailhelper_core.ai.providers.openai import openai_provider as openai_provider
from mailhelper_core.app.helper import MailHelper as MailHelper
from mailhelper_core.app.owner import OwnerServices as OwnerServices
from mailhelper_core.errors import BudgetError as BudgetError, BusyError as BusyError, ConfigError as ConfigError, ConflictError as ConflictError, ConsentError as ConsentError, InvalidError as InvalidError, LoginError as LoginError, MailHelperError as MailHelperError, NotFoundError as NotFoundError, PluginError as PluginError, ProviderError as ProviderError, QueryError as QueryError, SchemaError as SchemaError, ServerError as ServerError, SieveError as SieveError, ThrottledError as ThrottledError
from mailhelper_core.hookspecs import hookimpl as hookimpl
from mailhelper_core.jobs.runner import InlineRunner as InlineRunner, Runner as Runner
from mailhelper_core.jobs.threads import ThreadRunner as ThreadRunner
from mailhelper_core.logs import JsonFormatter as JsonFormatter, logs_from_env as logs_from_env
from mailhelper_core.model.ai.egress import Budget as Budget, Consent as Consent, EgressCounts as EgressCounts, EgressPreview as EgressPreview, LedgerEntry as LedgerEntry, Level as Level, Redaction as Redaction
from mailhelper_core.model.ai.embedder import Embedder as Embedder
from mailhelper_core.model.ai.provider import Completion as Completion, CompletionRequest as CompletionRequest, EmbeddingAnswer as EmbeddingAnswer, EmbeddingRequest as EmbeddingRequest, ModelInfo as ModelInfo, Provider as Provider, Purpose as Purpose
from mailhelper_core.model.ai.recognizer import PersonalData as PersonalData, Recognizer as Recognizer
from mailhelper_core.model.ai.reply import TONES as TONES, Draft as Draft, ReplyStyle as ReplyStyle, Tone as Tone, WritingHabits as WritingHabits
from mailhelper_core.model.extension import ActionType as ActionType, Classifier as Classifier, Condition as Condition, Context as Context, PluginInfo as PluginInfo, ReadyRule as ReadyRule, Registry as Registry, SourceType as SourceType, TagSuggester as TagSuggester, each as each
from mailhelper_core.model.mail.contents import BlobStore as BlobStore, BlobStoreType as BlobStoreType, ClearableBlobStore as ClearableBlobStore
from mailhelper_core.model.mail.history import SenderHistory as SenderHistory
from mailhelper_core.model.mail.keyword import normalize_keywords as normalize_keywords
from mailhelper_core.model.mail.message import Address as Address, Attachment as Attachment, Mailbox as Mailbox, MailFacts as MailFacts, Message as Message, MessageDetail as MessageDetail, MessageTag as MessageTag, Place as Place
from mailhelper_core.model.mail.timeline import TimelineEntry as TimelineEntry
from mailhelper_core.model.mind.learning import CurvePoint as CurvePoint, Drift as Drift, Evaluation as Evaluation, LearningStatus as LearningStatus, Quality as Quality, TaskStatus as TaskStatus, Training as Training, TrainReport as TrainReport
from mailhelper_core.model.mind.meaning import RankedMessage as RankedMessage, SearchMode as SearchMode, VectorStatus as VectorStatus
from mailhelper_core.model.mind.opinion import CATEGORIES as CATEGORIES, Classification as Classification, Importance as Importance, Opinion as Opinion, Spam as Spam, Urgency as Urgency, priority_score as priority_score, traffic_light as traffic_light
from mailhelper_core.model.mind.tag import SuggestedTag as SuggestedTag, Tag as Tag, TagExample as TagExample, TagSuggestion as TagSuggestion
from mailhelper_core.model.owner import OwnerSettings as OwnerSettings
from mailhelper_core.model.plugin_tables import PluginTables as PluginTables
from mailhelper_core.model.rules.explanation import RuleExplanation as RuleExplanation
from mailhelper_core.model.rules.rule import Action as Action, Finding as Finding, FindingKind as FindingKind, Plan as Plan, Rule as Rule, RuleHit as RuleHit, RuleMode as RuleMode, RuleSuggestion as RuleSuggestion, TraceStep as TraceStep
from mailhelper_core.model.rules.saved import SavedSearch as SavedSearch, SearchHint as SearchHint
from mailhelper_core.model.rules.sieve import ImportReport as ImportReport, SieveExport as SieveExport, SieveLoss as SieveLoss, SieveLossKind as SieveLossKind
from mailhelper_core.model.setting import Setting as Setting
from mailhelper_core.model.source.account import Account as Account, AccountCheck as AccountCheck, AccountPolicy as AccountPolicy, Endpoint as Endpoint, MailboxDifference as MailboxDifference, Verification as Verification, advice_for as advice_for
from mailhelper_core.model.source.push import Pusher as Pusher, PushingSession as PushingSession
from mailhelper_core.model.source.remote import MailSession as MailSession, OpenedMailbox as OpenedMailbox, Placed as Placed, RemoteDelta as RemoteDelta, RemoteFlags as RemoteFlags, RemoteMailbox as RemoteMailbox, RemoteMetadata as RemoteMetadata, RemoteStatus as RemoteStatus, Resume as Resume, SessionInfo as SessionInfo
from mailhelper_core.model.source.token import TokenProvider as TokenProvider, TokenRequest as TokenRequest
from mailhelper_core.model.source.uidset import UidSet as UidSet
from mailhelper_core.model.transfer import ArchiveReport as ArchiveReport, CopyReport as CopyReport, EraseReport as EraseReport, TableRows as TableRows
from mailhelper_core.model.work.health import Health as Health, HealthItem as HealthItem
from mailhelper_core.model.work.job import Bell as Bell, Job as Job, TickReport as TickReport
from mailhelper_core.model.work.news import JobFinished as JobFinished, MessageProcessed as MessageProcessed, MessageStored as MessageStored, Metric as Metric, OperationDelivered as OperationDelivered, RuleMatched as RuleMatched
from mailhelper_core.model.work.operation import AddKeyword as AddKeyword, AddTag as AddTag, AskReply as AskReply, Change as Change, ChangeEntry as ChangeEntry, CopyMessage as CopyMessage, Corrected as Corrected, Effect as Effect, MoveMessage as MoveMessage, Notify as Notify, Operation as Operation, RemoveKeyword as RemoveKeyword, RemoveTag as RemoveTag, SetPriority as SetPriority
from mailhelper_core.model.work.overview import AccountHealth as AccountHealth, ErrorCount as ErrorCount, QueueState as QueueState
from mailhelper_core.model.work.report import DeliverReport as DeliverReport, EmbedReport as EmbedReport, ErrorNote as ErrorNote, Event as Event, IndexCheck as IndexCheck, MaintenanceReport as MaintenanceReport, Page as Page, ProcessReport as ProcessReport, Progress as Progress, RuleRun as RuleRun, RunReport as RunReport, SyncReport as SyncReport, UndoReport as UndoReport
from mailhelper_core.plugins.load import BUILT_IN_PLUGINS as BUILT_IN_PLUGINS, installed_plugins as installed_plugins
from mailhelper_core.process.service import ProcessingService as ProcessingService
from mailhelper_core.read.service import AttachmentContent as AttachmentContent
from mailhelper_core.replies.service import ReplyService as ReplyService
from mailhelper_core.rules.service import RulesEngine as RulesEngine
from mailhelper_core.search.asked import CountSoFar as CountSoFar, GroupCounts as GroupCounts
from mailhelper_core.search.service import SearchService as SearchService
from mailhelper_core.search.snippet import Snippet as Snippet
from mailhelper_core.server.local import LocalFolder as LocalFolder, LocalMessage as LocalMessage, LocalSession as LocalSession, with_uids as with_uids
from mailhelper_core.settings import Settings as Settings
from mailhelper_core.store.mind.tags import Assignment as Assignment
from mailhelper_core.store.unit_of_work import Store as Store
from mailhelper_core.sync.service import MailSyncService as MailSyncService
from mailhelper_core.tags.service import TagManager as TagManager

__version__: str
