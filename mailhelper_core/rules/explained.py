"""Explain: which rules match one message as it is now, and at which tests the others fail."""

from __future__ import annotations

from collections.abc import Iterator

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import MailHelperError
from mailhelper_core.mime.parse import header_fields_of
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.explanation import RuleExplanation
from mailhelper_core.model.rules.rule import TraceStep
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.view import MessageView
from mailhelper_core.rules.engine import CompiledRule
from mailhelper_core.rules.prepare import Vanished, as_shown, prepare
from mailhelper_core.store.mail import accounts, messages
from mailhelper_core.store.mind import owner_settings, rules
from mailhelper_core.store.mind.rules import StoredRule
from mailhelper_core.store.plugins.settings import contexts
from mailhelper_core.store.unit_of_work import OwnerStore, from_micros


def explained(
    owner: OwnerStore, registry: Registry, dispatcher: Dispatcher, message_id: int
) -> tuple[RuleExplanation, ...]:
    """Answer for each rule that is switched on whether it matches. Raises NotFoundError for an unknown message."""
    with owner.read() as uow:
        (detail,) = messages.details(uow, messages.require(uow, [message_id]), decode_headers=header_fields_of)
        names, zone = accounts.names(uow), owner_settings.get(uow).zone
        context_of = contexts(owner, uow, registry)
        context = MatchContext(from_micros(uow.now), zone, registry, dispatcher, names, context_of)
        vanished = rules.vanished(uow, list(names))
        active = [one for one in rules.every(uow) if one.rule.enabled]
    view = MessageView(detail)  # plugins are asked when nothing is open: they may take their time
    return tuple(_explained(one, registry, context, view, vanished) for one in active)


def _explained(
    one: StoredRule, registry: Registry, context: MatchContext, view: MessageView, vanished: Vanished
) -> RuleExplanation:
    rule, message = one.rule, view.message
    problem = as_shown(rule, registry, vanished).disabled_reason
    try:
        compiled = prepare(one, registry, context)
    except MailHelperError as exc:
        return RuleExplanation(rule.id, rule.name, rule.revision, message.id, False, (), (), problem or str(exc))
    outside = tuple(_outside(compiled, message))
    matches, trace = compiled.matcher.explain(view)
    failed = (*outside, *compiled.matcher.failing(view))
    return RuleExplanation(
        rule.id, rule.name, rule.revision, message.id, matches and not outside, (*outside, *trace), failed, problem
    )


def _outside(compiled: CompiledRule, message: MessageDetail) -> Iterator[TraceStep]:
    """Yield what a rule asks besides its criteria, and the message is not."""
    rule = compiled.rule
    if rule.account_id not in (None, message.account_id):
        yield TraceStep(f"account:{rule.account_id}", str(message.account_id), matched=False)
    if compiled.not_after is not None and message.received_at > compiled.not_after:
        yield TraceStep(f"delay:{rule.delay}", message.received_at.isoformat(" ", "seconds"), matched=False)
