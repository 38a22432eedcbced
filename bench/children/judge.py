"""Rules against messages, without a store: judge.py RULES MESSAGES; CPU seconds of compiling and of deciding."""

from __future__ import annotations

import sys
import time

from bench.gauge import tell
from bench.generated import NEWEST, messages, word
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.model.extension import Provided, Registry
from mailhelper_core.model.mail.message import Address, Mailbox, MessageDetail, Place
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.rules import builtin
from mailhelper_core.rules.engine import evaluate
from mailhelper_core.rules.prepare import Planner, prepare
from mailhelper_core.store.mind.rules import StoredRule

# What owners write, by kind; the number makes each one its own.
_WHEN = (
    "from:sender{n}", "domain:domain{n}.example is:unread", "list:list{n}.example", "subject:{w} category:finance",
    'subject~"(?i){w} w[0-9]+"', "body:{w} has:attachment", "from=sender{n}@domain{n}.example larger:10k",
    '"{w} w1" older_than:30d', "in:inbox is:unread (subject:{w} OR from:sender{n})",
    "category:newsletter -from:sender{n} {w}",
)  # fmt: skip
_PLACES = (Place(1, "INBOX", "inbox", frozenset(), 1),)


def rule(number: int) -> Rule:
    """Answer the rule of a number."""
    when = _WHEN[number % len(_WHEN)].format(n=number, w=word(1_000 + 7 * number))
    return Rule(f"rule {number}", when, [("tag", f"tag {number % 20}")], id=number + 1)


def main() -> None:
    """Decide about all messages with all rules."""
    rules, count = int(sys.argv[1]), int(sys.argv[2])
    registry = Registry(actions={one.name: Provided("rules", one, built_in=True) for one in builtin.register_actions()})
    mail = [
        MessageDetail(
            id=one.number, account_id=1, thread_id=1, subject=one.subject, from_=Address("", one.sender), to=(),
            sent_at=None, received_at=one.received_at, size=one.size, snippet="", parse_status="ok",
            has_attachments=one.has_attachments, places=_PLACES, category=one.category, text=one.text,
        )
        for one in messages(count)
    ]  # fmt: skip
    before = time.process_time()
    context = MatchContext(NEWEST, registry=registry)
    compiled = [prepare(StoredRule(rule(number), number + 1), registry, context) for number in range(rules)]
    figures = {"compile": time.process_time() - before}
    planner, where = Planner(Dispatcher()), Directory.of([Mailbox(1, 1, "INBOX", "/", "inbox")])
    before, hits = time.process_time(), 0
    for message in mail:
        hits += len(evaluate(compiled, message, where, plan_step=planner).hits)
    tell(figures | {"cpu": time.process_time() - before, "hits": hits})


if __name__ == "__main__":
    main()
