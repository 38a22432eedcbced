"""What owners see of the gate to model providers: consent, preview, ledger, budget."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mailhelper_core.model.ai.provider import Purpose

Level = Literal["none", "pseudonyms", "strict"]  # how much is replaced before text leaves
LEVELS: tuple[Level, ...] = ("none", "pseudonyms", "strict")


@dataclass(frozen=True, slots=True)
class Consent:
    """An owner's word that mail of one account may go to one provider for one purpose."""

    account_id: int  # whose mail
    purpose: Purpose  # `classify`, `summarize`, `reply` or `embed`
    provider: str  # the name of the provider
    level: Level  # `none`: as it is; `pseudonyms`: personal data replaced; `strict`: all numbers and names too
    actor: str  # who said so
    created_at: datetime  # when


@dataclass(frozen=True, slots=True)
class Redaction:
    """How often one kind of personal data was replaced in a text."""

    kind: str  # `name`, `address`, `phone` ...
    count: int  # how often


@dataclass(frozen=True, slots=True)
class EgressPreview:
    """Exactly what would be sent: the same words, the same pseudonyms; nothing was sent."""

    provider: str  # to whom
    model: str  # which model is asked
    level: Level  # how much is replaced
    instructions: str  # our own words
    text: str = field(repr=False)  # the mail as it would leave
    digest: str  # SHA-256 of both, as it would stand in the ledger
    redactions: tuple[Redaction, ...]  # what was replaced
    tokens: int  # the most that the call can take, question and answer
    cost: int  # the most that it can cost, in millionths of the currency
    reason: str = ""  # why it would not be sent now: `budget`, or empty


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One call of a provider."""

    id: int  # our own key
    account_id: int  # whose mail it was
    message_id: int  # which message; 0 for several
    purpose: Purpose  # what for
    provider: str  # to whom
    model: str  # which model answered, or was asked
    level: Level  # how much was replaced
    digest: str  # SHA-256 of what was sent
    octets: int  # how much that was
    redactions: tuple[Redaction, ...]  # what was replaced
    tokens_in: int  # of the question; while it is open the most it can be
    tokens_out: int  # of the answer; while it is open the most it can be
    cost: int  # in millionths of the currency
    outcome: str  # `answered`, `open`, or the code of the error
    created_at: datetime  # when it was sent
    seconds: float | None  # how long it took, None while it is open


@dataclass(frozen=True, slots=True)
class Budget:
    """What providers may cost an owner in a calendar month (UTC), and what they have."""

    limit_tokens: int  # questions and answers together
    limit_cost: int  # in millionths of the currency
    spent_tokens: int  # this month, with what calls that run may still take
    spent_cost: int  # the same of money

    @property
    def left_tokens(self) -> int:
        """How many tokens this month still has."""
        return max(0, self.limit_tokens - self.spent_tokens)

    @property
    def left_cost(self) -> int:
        """How much money this month still has."""
        return max(0, self.limit_cost - self.spent_cost)


@dataclass(frozen=True, slots=True)
class EgressCounts:
    """Calls of providers in a period, across owners: counts and sums, never text."""

    provider: str  # to whom
    purpose: Purpose  # what for
    outcome: str  # how they ended
    calls: int  # how many
    owners: int  # of how many owners
    octets: int  # sent together
    tokens: int  # questions and answers together
    cost: int  # in millionths of the currency
