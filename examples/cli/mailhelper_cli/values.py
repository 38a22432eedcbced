"""The JSON shapes of accounts, messages, tags, rules and changes; docs/reference/cli.md describes them."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

from mailhelper_cli.actions import write_action
from mailhelper_core import (
    Account,
    AccountCheck,
    AccountPolicy,
    Change,
    Draft,
    LedgerEntry,
    Message,
    MessageDetail,
    Operation,
    PluginInfo,
    Rule,
    RuleHit,
    RuleSuggestion,
    SieveLoss,
    Tag,
    TimelineEntry,
)

Value = dict[str, object]
# Of drafts of replies; without one they are in the mail's own.
LANGUAGES = ("de", "en")


def account_value(account: Account) -> Value:
    """Answer an account without its secret, which the library never hands out."""
    return {
        "id": account.id, "name": account.name, "url": account.url, "username": account.username,
        "state": account.state, "state_code": account.state_code, "last_success_at": account.last_success_at,
    }  # fmt: skip


def policy_value(policy: AccountPolicy) -> Value:
    """Answer what of an account is synced."""
    return asdict(policy)


def check_value(check: AccountCheck) -> Value:
    """Answer what a look at the server found."""
    return {
        "ok": check.ok, "code": check.code, "message": check.message, "advice": check.advice,
        "latency_ms": check.latency_ms, "mailboxes": check.mailboxes, "roles": dict(check.roles),
        "capabilities": check.capabilities, "not_synced": dict(check.not_synced), "refused": check.refused,
    }  # fmt: skip


def message_value(message: Message) -> Value:
    """Answer what a list shows of a message."""
    return {
        "id": message.id, "account_id": message.account_id, "thread_id": message.thread_id,
        "sent_at": message.sent_at, "received_at": message.received_at,
        "from": str(message.from_), "to": [str(address) for address in message.to],
        "subject": message.subject, "snippet": message.snippet, "size": message.size,
        "mailboxes": message.mailboxes, "keywords": message.keywords, "tags": message.tag_names,
        "category": message.category, "urgency": message.urgency, "importance": message.importance,
        "spam": message.spam, "language": message.language,
    }  # fmt: skip


def detail_value(message: MessageDetail) -> Value:
    """Answer a message with text, addresses and attachments."""
    return message_value(message) | {
        "message_id": message.message_id, "cc": [str(address) for address in message.cc], "text": message.text,
        "attachments": [asdict(attachment) for attachment in message.attachments],
        "parse_status": message.parse_status, "problems": message.problems,
    }  # fmt: skip


def timeline_value(entry: TimelineEntry) -> Value:
    """Answer one thing that happened to a message."""
    return {"at": entry.at, "kind": entry.kind, "what": entry.what, "by": entry.by, "reasons": entry.reasons}


def tag_value(tag: Tag) -> Value:
    """Answer a tag with how many messages carry it."""
    return {"id": tag.id, "name": tag.name, "color": tag.color, "messages": tag.messages}


def change_value(change: Change) -> Value:
    """Answer a change with how many of its entries wait for the server, and how many it never got."""
    states = Counter(entry.state for entry in change)
    return {
        "id": change.id, "at": change.created_at, "kind": change.kind, "note": change.note, "by": change.actor,
        "state": change.state, "entries": len(change), "waiting": states["waiting"] + states["claimed"],
        "failed": states["conflicted"] + states["dead"],
    }  # fmt: skip


def rule_value(rule: Rule) -> Value:
    """Answer a rule as it was written."""
    return {
        "id": rule.id, "name": rule.name, "revision": rule.revision, "position": rule.position, "when": rule.when,
        "then": rule_actions(rule), "otherwise": rule.otherwise, "propose": rule.propose, "delay": rule.delay,
        "schedule": rule.schedule, "next_run_at": rule.next_run_at, "enabled": rule.enabled,
        "disabled_reason": rule.disabled_reason,
    }  # fmt: skip


def suggestion_value(suggestion: RuleSuggestion) -> Value:
    """Answer a rule that might be saved, and what speaks for it."""
    return {
        "when": suggestion.rule.when, "then": rule_actions(suggestion.rule), "support": suggestion.support,
        "total": suggestion.total, "precision": suggestion.precision, "reason": suggestion.reason,
    }  # fmt: skip


def rule_actions(rule: Rule) -> list[str]:
    """Answer the actions as `rule add --then` takes them."""
    return list(map(write_action, rule.then))


def hit_value(hit: RuleHit) -> Value:
    """Answer which rule matched which message, why, and what it decided."""
    return {
        "rule": hit.rule, "message_id": hit.message_id, "proposed": hit.proposed,
        "why": [asdict(step) for step in hit.trace], "operations": [operation_value(one) for one in hit.operations],
    }  # fmt: skip


def operation_value(operation: Operation) -> Value:
    """Answer an operation's name and what it needs besides the message, such as a tag or a mailbox."""
    needed = {name: value for name, value in asdict(operation).items() if name != "message_id"}
    return {"operation": type(operation).__name__, **needed}


def plugin_value(plugin: PluginInfo, *, loads: bool) -> Value:
    """Answer a plugin, and whether it may load here; what it provides is known once it was imported."""
    return {
        "name": plugin.name, "version": plugin.version, "loads": loads, "provides": plugin.provides,
        "problems": plugin.problems,
    }  # fmt: skip


def loss_value(loss: SieveLoss) -> Value:
    """Answer what a rule or a script cannot say, or says otherwise."""
    return asdict(loss)


def draft_value(draft: Draft) -> Value:
    """Answer a draft of a reply."""
    return asdict(draft)


def ledger_value(entry: LedgerEntry) -> Value:
    """Answer one call of a provider, without text: there is none in the ledger."""
    return asdict(entry) | {"redactions": {one.kind: one.count for one in entry.redactions}}
