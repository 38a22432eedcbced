"""The policy of retries, one row for each kind of trouble: what counts as a try, when the next one is, how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from mailhelper_core.dispatch import LEFT_OUT
from mailhelper_core.errors import BusyError, ConfigError, MailHelperError, ServerError
from mailhelper_core.model.work.job import JobState

# An account names a source or a provider of tokens that this worker lacks: another one may have its plugin.
LACKED_HERE = frozenset({"scheme", "tokens"})

Trouble = Literal["away", "lacked", "final", "passing", "unexpected", "crash", "left out"]
# When a job is tried again: never, when the other side said or after the first wait, after waits that double, or those
# but for the first time, when it goes on at once.
Again = Literal["never", "asked", "doubled", "at once, then doubled"]
# What ends it: the trouble itself, so many tries, or its age.
Limit = Literal["at once", "tries", "age"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What becomes of a job in one kind of trouble; one that names the item it died at goes on without that."""

    counts: bool
    again: Again
    limit: Limit
    ends_as: JobState
    leaves_out: bool = False


POLICIES: MappingProxyType[Trouble, Policy] = MappingProxyType(
    {
        "away": Policy(False, "asked", "age", "failed"),
        "lacked": Policy(False, "asked", "age", "failed"),
        "final": Policy(True, "never", "at once", "failed"),
        "passing": Policy(True, "doubled", "tries", "failed"),
        "unexpected": Policy(True, "doubled", "tries", "quarantined", leaves_out=True),
        "crash": Policy(True, "at once, then doubled", "tries", "quarantined", leaves_out=True),
        "left out": Policy(True, "never", "at once", "quarantined"),
    }
)


def trouble_of(error: Exception, *, has_left_out: bool = False) -> Trouble:
    """Answer which trouble an error is, for a job that has left something out, or nothing."""
    if not isinstance(error, MailHelperError):
        return "unexpected"
    if error.code == LEFT_OUT and has_left_out:
        return "left out"
    if isinstance(error, ConfigError) and error.code in LACKED_HERE:
        return "lacked"
    if not error.transient:
        return "final"
    return "away" if isinstance(error, ServerError | BusyError | ConfigError) else "passing"
