"""What reports, plans and operations say to a person; zeros say nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from mailhelper_cli.delivered import Delivered
from mailhelper_cli.output import counted
from mailhelper_core import Change, ErrorNote, Operation, Rule, RuleHit, RuleRun, RunReport, SearchHint, SyncReport

_OPERATIONS = {
    "AddTag": "tag {tag}",
    "RemoveTag": "untag {tag}",
    "AddKeyword": "add {keyword}",
    "RemoveKeyword": "remove {keyword}",
    "MoveMessage": "move to {mailbox}{role}",  # one of the two is empty
    "CopyMessage": "copy to {mailbox}",
    "SetPriority": "urgency {urgency}, importance {importance}",
    "Notify": "notify {text}",
    "Effect": "{action} {data}",
}

_NAMED = {"in": "mailbox", "tag": "tag", "account": "account", "category": "mail of the category"}
NOTHING_TO_CHANGE = "there was nothing to change"
WAITING = "see it with: mailhelper rule waiting"
HELD_BACK = "not moved to trash or junk: one run may not do more"


def hint_line(hint: SearchHint) -> str:
    """Say which name of a query nothing has, and which was probably meant."""
    if hint.field not in _NAMED:
        return f"no own address is known of an account, so {hint.field}:{hint.value} finds nothing there"
    nearest = f"; did you mean {hint.nearest!r}?" if hint.nearest else ""
    return f"there is no {_NAMED[hint.field]} {hint.value!r}{nearest}"


def undo_line(change: int) -> str:
    """Say how to take a change back."""
    return f"take it back with: mailhelper undo {change}"


def change_line(what: str, change: Change, count: int) -> str:
    """Say what was done to how many messages and how to take it back; or that there was nothing to do."""
    return f"{what} {counted(count, 'message')}; {undo_line(change.id)}" if count else NOTHING_TO_CHANGE


def sync_lines(report: SyncReport) -> list[str]:
    """Say what is new, changed, gone and still to come."""
    return [_joined(_synced(report)) or "nothing new", *_unreadable_lines(report)]


def run_lines(report: RunReport) -> list[str]:
    """Say what each stage did."""
    rules, deliver = report.rules, report.deliver
    decided = (
        (report.process.processed, "understood"),
        (rules.hits, "matched by rules"),
        (deliver.delivered, "changes done on the server"),
        (deliver.waiting, "changes wait for the server"),
        (rules.capped, HELD_BACK),
    )
    lines = list(filter(None, (_joined(_synced(report.sync)), _joined(decided))))
    return [
        *(lines or ["nothing new"]),
        *_unreadable_lines(report.sync),
        *([f"{counted(len(rules.proposed), 'rule')} asked for your word; {WAITING}"] if rules.proposed else []),
        *([undo_line(rules.change)] if rules.change else []),
    ]


def note_line(note: ErrorNote) -> str:
    """Say what went wrong, and where."""
    return f"{note.where}: {note.message or note.code}"


def hit_lines(hit: RuleHit, subject: str) -> list[str]:
    """Say what a rule does to a message, and why."""
    why = ", ".join(f"{step.condition} (saw {step.saw})" for step in hit.trace if step.matched) or "it is for all mail"
    what = ", ".join(map(operation_words, hit.operations)) or "nothing to change"
    does = f"{hit.rule} asks for your word: {what}" if hit.proposed else f"{hit.rule}: {what}"
    return [f"{hit.message_id}: {subject}", f"    {does}", f"    because {why}"]


def rule_ways(rule: Rule) -> tuple[str, ...]:
    """Say how a rule acts where it does not simply act on new mail; nothing of one that does."""
    ways = (
        (rule.propose, "asks first"),
        (rule.otherwise, "if no earlier rule matched"),
        (rule.delay, f"after {rule.delay}"),
        (rule.schedule, rule.schedule),
        (rule.account_id, f"account {rule.account_id}"),
        (not rule.enabled, "off"),
    )
    return tuple(words for applies, words in ways if applies)


def rules_ran(run: RuleRun, asked: int, delivered: Delivered) -> list[str]:
    """Say what a run of rules did and what it only asks for; asked counts the latter among its changes."""
    did = f"{counted(run.hits, 'match', 'matches')}, {counted(run.operations - asked, 'change')}, {delivered.words()}"
    capped = f"{run.capped} {HELD_BACK}"
    return [
        did,
        *([f"{counted(asked, 'more change')} only asked for; {WAITING}"] if asked else []),
        *([capped] if run.capped else []),
        *map(note_line, (*run.errors, *delivered.errors)),
    ]


def operation_words(operation: Operation) -> str:
    """Answer an operation in a few words, such as `tag bills`."""
    name = type(operation).__name__
    values = {key: "unchanged" if value is None else value for key, value in asdict(operation).items()}
    return _OPERATIONS.get(name, name).format_map(values).strip()


def _synced(report: SyncReport) -> tuple[tuple[int, str], ...]:
    return (
        (report.new, "new"),
        (report.completed, "complete now"),
        (report.updated, "updated"),
        (report.moved, "moved"),
        (report.deleted, "gone"),
        (report.remaining, "still to come"),
        (report.quarantined, "kept as they came, unreadable"),
    )


def _unreadable_lines(report: SyncReport) -> list[str]:
    query = "'parse_status:raw_only OR parse_status:headers_only'"
    return [f"find what is unreadable: mailhelper search {query}"] if report.quarantined else []


def _joined(parts: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{number} {what}" for number, what in parts if number)
