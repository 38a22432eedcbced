"""The public names, for type checkers; made by `python -m tests.stub`."""

# fmt: off
# ruff: noqa: E501, I001
from mailhelper_core.testing.certificate import LocalCertificate as LocalCertificate
from mailhelper_core.testing.clock import FixedClock as FixedClock
from mailhelper_core.testing.conformance.contents import check_blob_store as check_blob_store
from mailhelper_core.testing.conformance.delivery import check_delivery as check_delivery
from mailhelper_core.testing.conformance.minds import check_embedder as check_embedder, check_recognizer as check_recognizer
from mailhelper_core.testing.conformance.opinions import check_classifier as check_classifier, check_tag_suggester as check_tag_suggester
from mailhelper_core.testing.conformance.plugins import check_plugin as check_plugin
from mailhelper_core.testing.conformance.rules import check_action as check_action, check_condition as check_condition
from mailhelper_core.testing.conformance.samples import sample_messages as sample_messages
from mailhelper_core.testing.conformance.services import check_provider as check_provider, check_token_provider as check_token_provider
from mailhelper_core.testing.conformance.source.check import check_source as check_source
from mailhelper_core.testing.conformance.tables import check_tables as check_tables
from mailhelper_core.testing.environment import Environment as Environment
from mailhelper_core.testing.generator.generator import MailboxGenerator as MailboxGenerator
from mailhelper_core.testing.generator.mail import GeneratedMail as GeneratedMail, Truth as Truth
from mailhelper_core.testing.imap.answer_actions import After as After, Emptied as Emptied, EndAt as EndAt, Ending as Ending, Lines as Lines, Mutated as Mutated, Twice as Twice, Unbalanced as Unbalanced, WithItem as WithItem
from mailhelper_core.testing.imap.fault_actions import Answer as Answer, Bye as Bye, Call as Call, ExtraLines as ExtraLines, Interrupt as Interrupt, LyingLiteral as LyingLiteral, MissingItem as MissingItem, MissingMessage as MissingMessage, NilBody as NilBody, SendInstead as SendInstead, Trickle as Trickle, WrongTag as WrongTag
from mailhelper_core.testing.imap.faults import Fault as Fault
from mailhelper_core.testing.imap.server import ImapServer as ImapServer
from mailhelper_core.testing.imap.tokens import TokenBook as TokenBook
from mailhelper_core.testing.imap.traffic import TrafficLog as TrafficLog
from mailhelper_core.testing.models.protocols import Question as Question
from mailhelper_core.testing.models.server import Misbehaviour as Misbehaviour, ModelServer as ModelServer, Received as Received
