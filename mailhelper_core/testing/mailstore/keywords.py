"""Which flags a mailbox keeps: the system flags, and keywords as its policy says (PERMANENTFLAGS)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mailhelper_core.testing.mailstore.message import SYSTEM_FLAGS

_SYSTEM = {flag.lower(): flag for flag in SYSTEM_FLAGS}


class TooManyKeywordsError(ValueError):
    """The mailbox holds as many different keywords as it may."""


@dataclass(frozen=True, slots=True)
class KeywordPolicy:
    """`allowed` None: any keyword; else only these. `at_most` limits how many different ones a mailbox holds."""

    allowed: frozenset[str] | None = None
    at_most: int | None = None


@dataclass(slots=True)
class KeywordBook:
    """The keywords a mailbox has met, in the spelling that came first (they compare without case)."""

    policy: KeywordPolicy
    _spelling: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The keywords in use so far."""
        return tuple(self._spelling.values())

    def permanent(self) -> tuple[str, ...]:
        r"""Answer what PERMANENTFLAGS says, with `\*` while new keywords are welcome."""
        if self.policy.allowed is not None:
            return (*SYSTEM_FLAGS, *sorted(self.policy.allowed))
        full = self.policy.at_most is not None and len(self._spelling) >= self.policy.at_most
        return (*SYSTEM_FLAGS, *self.names, *(() if full else ("\\*",)))

    def keep(self, flags: Iterable[str]) -> frozenset[str]:
        r"""Answer the flags the mailbox keeps of these; drops keywords outside the policy and `\Recent`.

        Raises TooManyKeywordsError, and has learnt none of them then.
        """
        return self.keep_all([flags])[0]

    def keep_all(self, sets: Iterable[Iterable[str]]) -> list[frozenset[str]]:
        """Answer the same for the flags of several messages, for all or for none."""
        before = dict(self._spelling)
        try:
            return [frozenset(kept for flag in flags if (kept := self._keep_one(flag))) for flags in sets]
        except TooManyKeywordsError:
            self._spelling = before
            raise

    def _keep_one(self, flag: str) -> str | None:
        if flag.startswith("\\"):
            return _SYSTEM.get(flag.lower())
        key = flag.lower()
        if self.policy.allowed is not None and key not in {name.lower() for name in self.policy.allowed}:
            return None
        if key not in self._spelling and len(self._spelling) == self.policy.at_most:
            raise TooManyKeywordsError(flag)
        return self._spelling.setdefault(key, flag)
