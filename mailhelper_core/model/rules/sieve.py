"""What came of reading rules from a Sieve script, or of writing them as one: the rules or text, and what was lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mailhelper_core.model.rules.rule import Rule

# What is left out stands in a comment, from which an import brings it back.
SieveLossKind = Literal["near", "kept", "left_out"]  # said nearly; there word for word, not carried out; not said


@dataclass(frozen=True, slots=True)
class SieveLoss:
    """One thing that a rule or a script cannot say, or says otherwise."""

    rule: str  # the name of the rule
    kind: SieveLossKind  # how much is lost
    what: str  # the part in question, such as `vacation` or `category:finance`
    why: str  # one sentence
    line: int = 0  # of the imported script, 0 in an export


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import made of a script."""

    rules: tuple[Rule, ...]  # in the order of the script; as saved, unless nothing was to be saved
    losses: tuple[SieveLoss, ...]  # empty when rules say all that the script says


@dataclass(frozen=True, slots=True)
class SieveExport:
    """Rules as a script."""

    text: str  # what a ManageSieve server takes
    losses: tuple[SieveLoss, ...]  # empty when the script says all that the rules say
