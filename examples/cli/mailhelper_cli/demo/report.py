"""What the demo tells a person: numbers, the matrix, categories, rules with their reasons, the server's state."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

import mailhelper_core
from mailhelper_cli.demo.rules import QUERY
from mailhelper_cli.demo.server import MailboxState
from mailhelper_cli.output import Output
from mailhelper_core import CATEGORIES, Message, RunReport, priority_score, traffic_light

# More than the demo can make.
ALL = 10_000
LEVELS = {1: "low", 2: "middle", 3: "high"}

State = Mapping[str, MailboxState]


class DemoReport:
    """Prints the report, one section a method, from what the public API and the server answer."""

    def __init__(self, out: Output, ada: mailhelper_core.OwnerServices) -> None:
        self._out = out
        self._ada = ada

    def journey(self, report: RunReport) -> None:
        """Print what each stage did."""
        sync, process, rules, deliver = report.sync, report.process, report.rules, report.deliver
        self._out.title("The journey")
        for stage, what in (
            ("sync", f"{sync.new} messages from {sync.mailboxes} mailboxes, {sync.body_bytes // 1000} kB"),
            ("process", f"{process.processed} messages understood, {process.opinions} opinions"),
            ("rules", f"{rules.hits} matches, {rules.operations} changes decided"),
            ("deliver", f"{deliver.delivered} changes accepted by the server"),
        ):
            self._out.say(f"  {stage:<8} {what}")

    def matrix(self) -> None:
        """Print how many messages are how urgent and how important."""
        counts = self._ada.counts("", by=("urgency", "importance"))
        rows = []
        for urgency in reversed(LEVELS):
            lights = {level: traffic_light(priority_score(urgency, level)) for level in LEVELS}
            cells = [Text(str(counts.get((urgency, level), 0)), style=lights[level]) for level in LEVELS]
            rows.append((f"{LEVELS[urgency]} urgency", *cells))
        self._out.title("How urgent, how important")
        self._out.aligned(("", *(f"{name} importance" for name in LEVELS.values())), rows)

    def categories(self) -> None:
        """Print how many messages each category has, and its newest."""
        rows = []
        for category in CATEGORIES:
            query = f"category:{category}"
            if count := self._ada.count(query, at_most=ALL):
                rows.append((category, count, _short(self._ada.search(query, limit=1)[0])))
        self._out.title("Categories")
        self._out.aligned(("", "messages", "the newest of them"), rows, cut=("the newest of them",))

    def tags(self) -> None:
        """Print the tags."""
        tags = [f"{tag.name} on {tag.messages}" for tag in self._ada.tags.list()]
        self._out.title("Tags")
        self._out.say(f"  {', '.join(tags)} messages")

    def rules(self) -> None:
        """Print each rule with how often it matched, and one match with what it saw."""
        self._out.title("Rules that fired, and why")
        for rule in self._ada.rules.list():
            hits = self._ada.rules.hits(rule.name, limit=ALL)
            self._out.say(f"  {rule.name}: {len(hits)} matches of {rule.when}")
            for hit in hits[:1]:
                why = " and ".join(f"{step.condition} (saw {step.saw})" for step in hit.trace if step.matched)
                self._out.say(f"    such as {_short(self._ada.messages.get(hit.message_id))}")
                self._out.say(f"    because {why}")

    def server(self, before: State, after: State) -> None:
        """Print what changed on the server, as another mail program sees it."""
        was = {name: before.get(name, MailboxState()) for name in after}
        rows = [(name, was[name].messages, now.messages, _gained(was[name], now)) for name, now in after.items()]
        self._out.title("What another mail program sees on the server")
        self._out.aligned(("mailbox", "before", "now", "new keywords"), rows)

    def search(self) -> None:
        """Print what a query finds."""
        found = self._ada.search(QUERY, limit=3)
        self._out.title(f"Search: {QUERY} finds {self._ada.count(QUERY, at_most=ALL)}")
        for message in found:
            self._out.say(f"  {_short(message)}")


def farewell(seconds: float) -> list[str]:
    """Answer the last lines: how to go on with one's own mail."""
    return [
        "",
        f"{seconds} seconds. Nothing is left running or on disk. The same with your own mailbox:",
        "  $ pip install . ./examples/cli",
        "  $ mailhelper account add imaps://imap.example.org --username you",
        "  $ mailhelper run",
        '  $ mailhelper rule add bills --when "category:finance has:attachment" --then "tag bills"',
        "  $ mailhelper rule plan        # shows what the rules would do; `rule run` does it, `undo` takes it back",
    ]


def _short(message: Message) -> str:
    return f"“{message.subject[:50]}” from {message.from_.name or message.from_.addr_spec}"


def _gained(was: MailboxState, now: MailboxState) -> str:
    return ", ".join(f"{keyword} {count:+}" for keyword, count in sorted((now.keywords - was.keywords).items()))
