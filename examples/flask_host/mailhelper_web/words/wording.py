"""Operations, error codes and job kinds in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext, lazy_gettext

from mailhelper_core import (
    Action,
    AddKeyword,
    AddTag,
    AskReply,
    CopyMessage,
    Effect,
    Job,
    MoveMessage,
    Notify,
    Operation,
    Place,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
)
from mailhelper_web.words.names import flag_name
from mailhelper_web.words.refusals import refusal_headline

_OPERATIONS: dict[type, Callable[[Any], object]] = {
    MoveMessage: lambda one: gettext("move to %(mailbox)s", mailbox=one.mailbox or role_name(one.role)),
    CopyMessage: lambda one: gettext("copy to %(mailbox)s", mailbox=one.mailbox),
    AddKeyword: lambda one: gettext("set flag %(flag)s", flag=flag_name(one.keyword)),
    RemoveKeyword: lambda one: gettext("remove flag %(flag)s", flag=flag_name(one.keyword)),
    AddTag: lambda one: gettext("tag %(name)s", name=one.tag),
    RemoveTag: lambda one: gettext("remove tag %(name)s", name=one.tag),
    SetPriority: lambda _: gettext("set priority"),
    Notify: lambda _: gettext("notify"),
    AskReply: lambda _: gettext("Draft a reply"),
    Effect: lambda one: one.action,
}
# What jobs and undo decide, and no host: their types are not public.
_INNER_OPERATIONS = {
    "AppendDraft": lazy_gettext("put a reply into the drafts"),
    "DropDraft": lazy_gettext("remove the draft of a reply"),
    "DropCopy": lazy_gettext("remove a copy"),
}
_ACTIONS = {
    "fileinto": lazy_gettext("move to mailbox"),
    "archive": lazy_gettext("archive"),
    "tag": lazy_gettext("tag"),
    "untag": lazy_gettext("remove tag"),
    "addflag": lazy_gettext("set flag"),
    "removeflag": lazy_gettext("remove flag"),
    "setflag": lazy_gettext("set these flags alone"),
    "copy": lazy_gettext("copy to mailbox"),
    "priority": lazy_gettext("set priority"),
    "notify": lazy_gettext("notify"),
    "draft_reply": lazy_gettext("draft a reply"),
    "discard": lazy_gettext("move to trash"),
    "keep": lazy_gettext("keep"),
    "stop": lazy_gettext("stop: no further rule"),
    "sieve": lazy_gettext("Sieve script"),
    "redirect": lazy_gettext("forward (only kept, never done)"),
}
_OF_FLAGS = ("addflag", "removeflag", "setflag")
_ACCOUNT_STATES = {
    "ok": lazy_gettext("works"),
    "needs_auth": lazy_gettext("needs its password"),
    "throttled": lazy_gettext("asked to wait"),
    "unreachable": lazy_gettext("cannot be reached"),
    "paused": lazy_gettext("paused"),
}
_ROLES = {
    "inbox": lazy_gettext("Inbox"),
    "archive": lazy_gettext("Archive"),
    "drafts": lazy_gettext("Drafts"),
    "junk": lazy_gettext("Spam"),
    "sent": lazy_gettext("Sent"),
    "trash": lazy_gettext("Trash"),
    "all": lazy_gettext("All mail"),
}
_JOB_STATES = {
    "queued": lazy_gettext("waiting"),
    "running": lazy_gettext("running"),
    "done": lazy_gettext("done"),
    "failed": lazy_gettext("failed"),
    "cancelled": lazy_gettext("cancelled"),
    "quarantined": lazy_gettext("set aside"),
}
_JOB_KINDS = {
    "run": lazy_gettext("Fetch and sort mail"),
    "sync": lazy_gettext("Fetch mail"),
    "deliver": lazy_gettext("Carry changes to the server"),
    "index": lazy_gettext("Index for search"),
    "process": lazy_gettext("Sort mail"),
    "embed": lazy_gettext("Prepare search by meaning"),
    "apply_rules": lazy_gettext("Run rules"),
    "reprocess": lazy_gettext("Sort mail again"),
    "train": lazy_gettext("Learn"),
    "draft_reply": lazy_gettext("Draft a reply"),
    "maintenance": lazy_gettext("Clean up"),
}
_STAGES = {
    "sync": lazy_gettext("Fetching mail"),
    "index": lazy_gettext("Indexing for search"),
    "process": lazy_gettext("Sorting by urgency and importance"),
    "rules": lazy_gettext("Running rules"),
}
_COUNTS = {
    "sync.new": lazy_gettext("new messages"),
    "sync.updated": lazy_gettext("changed on the server"),
    "sync.moved": lazy_gettext("moved on the server"),
    "sync.deleted": lazy_gettext("deleted on the server"),
    "sync.quarantined": lazy_gettext("unreadable, kept as they are"),
    "process.processed": lazy_gettext("sorted"),
    "rules.hits": lazy_gettext("matches of rules"),
    "deliver.delivered": lazy_gettext("changes carried to the server"),
    "train.promoted": lazy_gettext("better models that answer now"),
    "train.shadow": lazy_gettext("candidates that you may use"),
}
# A job that is one stage of the journey counts without that stage's name.
_PARTS = {"sync": "sync.", "process": "process.", "apply_rules": "rules.", "deliver": "deliver.", "train": "train."}
_REDACTIONS = {
    "name": lazy_gettext("names"),
    "address": lazy_gettext("addresses"),
    "phone": lazy_gettext("phone numbers"),
    "iban": lazy_gettext("bank accounts"),
    "card": lazy_gettext("cards"),
    "tax_id": lazy_gettext("tax numbers"),
    "url": lazy_gettext("links"),
    "order": lazy_gettext("order numbers"),
    "number": lazy_gettext("numbers"),
    "place": lazy_gettext("places"),
    "secret": lazy_gettext("passwords"),
    "word": lazy_gettext("words"),
}
# What becomes of a job by itself; of other codes the account's owner is told what happened.
_ADVICE = {
    "login": lazy_gettext("The server refused the password. Enter it again, or make an app password there."),
    "busy": lazy_gettext("Another job works on this account. Wait until it is done."),
    "throttled": lazy_gettext("The server asks for a pause. It goes on by itself."),
    "server": lazy_gettext("The server cannot be reached now. It is tried again by itself."),
    "unreachable": lazy_gettext("The server cannot be reached now. It is tried again by itself."),
    "paused": lazy_gettext("The account is paused."),
    "local_only": lazy_gettext("This mailbox cannot be changed at the server; it holds here alone."),
    "read_only": lazy_gettext("This mailbox cannot be changed at the server."),
    "not_permanent": lazy_gettext("The server does not keep this flag."),
    "in_use": lazy_gettext("Another program uses this mailbox. It is tried again by itself."),
    "unavailable": lazy_gettext("This mailbox cannot be reached now. It is tried again by itself."),
    "contact_admin": lazy_gettext("Who runs the mail server must look after this mailbox."),
    "over_quota": lazy_gettext("The mailbox is full. Make room on the server; it is tried again every hour."),
    "limit": lazy_gettext("The server keeps no more of this. It is tried again for some days."),
    "gone": lazy_gettext("The message is no longer there."),
    "unplaced": lazy_gettext("The message is looked for at the next sync."),
    "uid_validity": lazy_gettext("The mailbox was made anew; the next sync reads it."),
    "changed_since": lazy_gettext("It was changed at the server meanwhile."),
    "decided_since": lazy_gettext("You or somebody else has decided about it meanwhile."),
    "mailbox_gone": lazy_gettext("The mailbox is no longer there."),
    "rule_changed": lazy_gettext("The rule was changed, switched off or deleted meanwhile."),
    "unsure": lazy_gettext("The copy cannot be told from another mail; nothing was removed."),
    "untold": lazy_gettext("The server lists the message and tells nothing of it. Look there with another program."),
    "unconfirmed": lazy_gettext("The server accepted it and did not do it."),
    "no_mailbox": lazy_gettext("The mailbox is no longer there."),
    "plugin": lazy_gettext("A plugin failed."),
    "plugin_missing": lazy_gettext("The plugin for it is no longer here."),
}


def in_words(operation: Operation) -> str:
    """Answer in a few words what an operation does."""
    say = _OPERATIONS.get(type(operation))
    name = type(operation).__name__
    return str(say(operation) if say else _INNER_OPERATIONS.get(name, name))


def action_words(action: Action) -> str:
    """Answer in a few words what an action of a rule does."""
    name = str(_ACTIONS.get(action.name, action.name))
    said = ", ".join(map(flag_name, action.argument.split())) if action.name in _OF_FLAGS else action.argument
    return f"{name}: {said}" if said else name


def advice(code: str) -> str:
    """Answer what to tell about the error code of a job."""
    return str(_ADVICE[code]) if code in _ADVICE else refusal_headline(code, code)


def account_state(state: str) -> str:
    """Answer how an account stands."""
    return str(_ACCOUNT_STATES.get(state, state))


def place_name(place: Place) -> str:
    """Answer which mailbox holds a message: what it is for, else its name."""
    return str(_ROLES.get(place.role, place.mailbox))


def role_name(role: str) -> str:
    """Answer what a mailbox is for."""
    return str(_ROLES.get(role, role))


def job_state(state: str) -> str:
    """Answer how a job stands."""
    return str(_JOB_STATES.get(state, state))


def job_kind(kind: str) -> str:
    """Answer what a job does."""
    return str(_JOB_KINDS.get(kind, kind))


def redaction_name(kind: str) -> str:
    """Answer what kind of personal data was replaced; a plugin's own as it is."""
    return str(_REDACTIONS.get(kind, kind))


def stage_name(stage: str) -> str:
    """Answer what a stage does."""
    return str(_STAGES.get(stage, stage))


def results(job: Job) -> list[tuple[str, int]]:
    """Answer what a job did that its owner cares about, in words."""
    part = _PARTS.get(job.kind, "")
    told = {part + name: number for name, number in job.result}
    return [(str(words), told[name]) for name, words in _COUNTS.items() if told.get(name)]
