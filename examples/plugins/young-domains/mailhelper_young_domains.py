"""The condition `young-domain:30`: the sender's domain was registered less than so many days before the mail came.

The owner pastes a list of domains and dates, as registries and threat feeds publish them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from mailhelper_core import Condition, Context, MessageDetail, ReadyRule, Rule, Setting, hookimpl


@hookimpl
def register_settings() -> Sequence[Setting]:
    """Answer the list, and how many days are young where a rule does not say."""
    return [
        Setting("domains", read_domains, {}, "a domain and its first day a line: shop.example 2026-01-31"),
        Setting("days", read_days, 30, "how many days a domain is young, where a rule does not say"),
    ]


@hookimpl
def register_conditions() -> Sequence[Condition]:
    """Answer the condition."""
    help_ = "the sender's domain was registered less than so many days before"
    return [Condition("young-domain", is_young, argument=read_days, help=help_)]


@hookimpl
def register_rules() -> Sequence[ReadyRule]:
    """Answer a rule that marks such mail."""
    rule = Rule("young-domains", when='young-domain:""', then=[("tag", "young domain")])  # without a number: `days`
    return [ReadyRule("young-domains", "Tag mail from domains that are younger than the days that you set", rule)]


def is_young(message: MessageDetail, days: int, context: Context) -> bool:
    """Say whether the sender's domain, or one above it, is younger than that; an unknown one is not."""
    known: Mapping[str, date] = context.settings["domains"]
    labels = message.from_.domain.split(".")
    registered = next((known[name] for n in range(len(labels)) if (name := ".".join(labels[n:])) in known), None)
    if registered is None:
        return False
    age = message.received_at.astimezone(UTC) - datetime(registered.year, registered.month, registered.day, tzinfo=UTC)
    # A domain that was registered again says nothing of mail that came before.
    return 0 <= age.days < (days or context.settings["days"])


def read_days(text: str) -> int:
    """Read a number of days; nothing means the owner's setting."""
    if not text:
        return 0
    days = int(text)
    if not 1 <= days <= 3_650:
        raise ValueError("days are a number from 1 to 3650")
    return days


def read_domains(text: str) -> dict[str, date]:
    """Read the list; a line that cannot be read refuses it."""
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            domain, day = line.split()
            found[domain.lower()] = date.fromisoformat(day)
        except ValueError:
            raise ValueError(f"line {number} is no domain and date") from None
    return found
