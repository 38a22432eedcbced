"""Where a script leaves a message: by the interpreter alone, and by the rules that an import makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mailhelper_core.model.extension import PluginInfo, Provided
from mailhelper_core.model.mail.keyword import FACTS
from mailhelper_core.model.mail.message import Address, MessageDetail, Place
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.model.work.operation import Operation
from mailhelper_core.model.work.overlay import View, apply
from mailhelper_core.rules.sieve import words
from mailhelper_core.rules.sieve.carried_out import operations
from mailhelper_core.rules.sieve.message import StoredMail
from mailhelper_core.sieve.mail import Surroundings
from tests.contract.sieve.cases import compiled
from tests.unit.rules.compiled import BUILT_IN, WHERE, outcome, view
from tests.unit.rules.generated import mail, place

WITH_SIEVE = replace(
    BUILT_IN,
    conditions={one.name: Provided("sieve", one, built_in=True) for one in words.register_conditions()},
    actions={
        **BUILT_IN.actions,
        **{one.name: Provided("sieve", one, built_in=True) for one in words.register_actions()},
    },
    plugins=(*BUILT_IN.plugins, PluginInfo("sieve", built_in=True)),
)
AROUND = Surroundings(datetime(1970, 1, 1, tzinfo=UTC), facts=FACTS)

# The keywords of a message in each mailbox it lies in.
Ends = dict[str, frozenset[str]]


def by_interpreter(script: str, message: MessageDetail) -> Ends:
    """Where a script as one leaves a message."""
    decision = compiled(script).decide(StoredMail(message), AROUND, sorted(message.keywords))
    return _after(message, [] if decision.error else operations(message, decision, WHERE))


def by_rules(rules: Sequence[Rule], message: MessageDetail) -> Ends:
    """Where rules leave a message."""
    found = outcome(rules, message, registry=WITH_SIEVE)
    assert found.errors == ()
    return _after(message, [operation for new in found.hits for operation in new.hit.operations])


def _after(message: MessageDetail, done: Sequence[Operation]) -> Ends:
    now = view(message)
    for operation in done:
        now = apply(now, operation, WHERE) or now
    return _ends(now)


def _ends(now: View) -> Ends:
    return {one.mailbox: one.keywords for one in now.places}


def _mail(number: int, subject: str, *keywords: str, more: Sequence[tuple[str, str]] = (), text: str = "",
          size: int = 3_000, places: Sequence[Place] = ()) -> MessageDetail:  # fmt: skip
    head = (
        ("From", '"Ada Lovelace" <ada@bank.example>'),
        ("To", "me+tag@example.org, Bob <bob@example.net>"),
        ("Subject", subject),
        ("Date", "Mon, 23 Nov 2026 12:30:00 +0100"),
        ("Message-ID", f"<{number}@bank.example>"),
    )
    return mail(
        subject, id=number, from_=Address("Ada Lovelace", "ada@bank.example"), text=text, size=size,
        to=(Address("", "me+tag@example.org"), Address("Bob", "bob@example.net")), headers=(*head, *more),
        places=places or (place(1, *keywords),),
    )  # fmt: skip


MAILS = (
    _mail(1, "Re: [lists] your invoice 12.50", text="The invoice of the bank.",
          more=(("List-Id", "<a.lists.example>"),)),
    _mail(2, "Hello", "\\Seen", "work", text="lunch?",
          more=(("Cc", "carl@example.com"), ("Reply-To", "x@example.com"))),
    _mail(3, "CAFÉ  Größe", "a", "b", "c",
          more=(("X-Spam-Flag", "YES"), ("X-Spam-Score", "12"), ("X-Mailer", "m 1"))),
    _mail(4, "", size=200,
          more=(("Received", "from a by b"), ("Received", "from c by d"), ("Cc", ""), ("X-A", "a b"))),
    _mail(5, "label1", "\\Flagged", "label1", "label2", text="x" * 3_000, size=2_000_000,
          more=(("Cc", "a@b.example, c@d.example"), ("List-Id", "A <x.y>"), ("X-Spam-Flag", "no"))),
)  # fmt: skip
