"""Search by meaning: a query's vector against all others, filters of the query kept; alone or together with words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailhelper_core.ai import builtin
from mailhelper_core.ai.embedding.vectors import nearest
from mailhelper_core.errors import (
    ConflictError,
    ConsentError,
    InvalidError,
    MailHelperError,
    PluginError,
    ProviderError,
)
from mailhelper_core.model.mind.meaning import RankedMessage
from mailhelper_core.model.rules.criteria import Criteria
from mailhelper_core.model.work.report import ErrorNote
from mailhelper_core.search.asked import Asked
from mailhelper_core.search.meaning.cache import MatrixCache
from mailhelper_core.search.meaning.fuse import Fused, fused, split
from mailhelper_core.search.meaning.makers import Makers
from mailhelper_core.store.mail import accounts, messages
from mailhelper_core.store.search import pgvector, vectors
from mailhelper_core.store.search.vectors import Profile
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork

# Where it stands in the notes of a search that went on without it.
PLACE = "meaning"
# Hits that are ranked by meaning: beyond, nearness says nothing any more.
MAX_RANKED = 200
# The nearest that are looked at, so that a filter leaves enough.
MAX_NEAREST = 2_000
# Vectors that are compared in memory where the database could do it: a matrix of 30 MB, which is ten times as fast.
MATRIX_ROWS = 20_000
# How many more are looked at than are wanted: the message itself, and those that lie nowhere.
_SPARE = 5
# What has hardly a word or a part of one in common; provider vectors are never so far apart.
LEAST_NEARNESS = 0.05


@dataclass(frozen=True, slots=True)
class MeaningSearch:
    """Ranks one owner's messages by their vectors."""

    owner: OwnerStore
    makers: Makers
    cache: MatrixCache

    def vector(self, text: str) -> tuple[Profile, bytes]:
        """Answer the vector of a query, made as those of the messages are.

        Raises ConflictError while there are none, or none of the embedder's present kind; ConfigError without numpy;
        what a provider raises.
        """
        builtin.require_numpy()
        with self.owner.read() as uow:
            profile = vectors.with_fitted(uow, self._live(uow))
            account_id = self._account(uow, profile)
        return profile, self.makers.of_text(profile, account_id, text)

    def vector_or_note(self, text: str) -> tuple[Profile, bytes] | ErrorNote:
        """Answer the vector of a query as `vector` does, or why who makes it does not answer: then words do."""
        try:
            return self.vector(text)
        except (PluginError, ProviderError) as exc:
            return ErrorNote.of(PLACE, exc)
        except InvalidError as exc:  # who made the vectors is not here any more
            return ErrorNote.of(PLACE, exc)

    def hits(self, asked: Asked, profile: Profile, vector: bytes, by_words: Sequence[int] | None) -> list[Fused]:
        """Answer the nearest of what `asked` lets pass, best first; with hits by words both are ranked together."""
        near = self._near(asked, profile, vector)
        if by_words is not None:
            return fused(by_words, near)[:MAX_RANKED]
        return [Fused(id_, score, 0.0, score) for id_, score in near]

    def similar(self, message_id: int, *, limit: int = 10) -> tuple[RankedMessage, ...]:
        """Answer the messages that are most like one, best first.

        Raises NotFoundError, and as a search by meaning; ConsentError where mail of its account may not leave to who
        makes the vectors.
        """
        if not 1 <= limit <= MAX_RANKED:
            raise InvalidError(f"Similar messages are 1 to {MAX_RANKED}.", code="limit")
        builtin.require_numpy()
        with self.owner.read() as uow:
            messages.require(uow, [message_id])
            profile = self._live(uow)
            vector = vectors.one(uow, profile.id, message_id)
            if vector is None:
                raise _none_of(uow, profile, message_id)
            found = self._nearest(uow, profile, vector, limit + _SPARE)
            near = {id_: score for id_, score in found if id_ != message_id}
            seen = messages.summaries(uow, list(near))
            return tuple(RankedMessage(one, near[one.id], 0.0, near[one.id]) for one in seen if one.places)[:limit]

    def _near(self, asked: Asked, profile: Profile, vector: bytes) -> list[tuple[int, float]]:
        found = self._nearest(asked.uow, profile, vector, MAX_NEAREST)
        found = [(id_, score) for id_, score in found if score >= LEAST_NEARNESS]
        passed = asked.among([id_ for id_, _ in found])
        return [(id_, score) for id_, score in found if id_ in passed][:MAX_RANKED]

    def _nearest(self, uow: UnitOfWork, profile: Profile, vector: bytes, limit: int) -> list[tuple[int, float]]:
        """Answer the nearest messages, the same wherever they are compared."""
        if pgvector.is_there(uow) and vectors.has_more_than(uow, profile.id, MATRIX_ROWS):
            return pgvector.nearest(uow, profile, vector, limit)
        return nearest(self.cache.get(uow, profile), vector, limit)

    def _live(self, uow: UnitOfWork) -> Profile:
        profile = vectors.profiles(uow).get("live")
        if profile is None or not vectors.has_some(uow, profile.id):
            raise _none_yet(uow)
        if not self.makers.kind(profile.name).fits(profile):
            raise ConflictError("The vectors are being made anew.", code="rebuilding", transient=True)
        return profile

    def _account(self, uow: UnitOfWork, profile: Profile) -> int:
        """Answer the account whose consent lets a query leave; 0 where it does not leave."""
        if not profile.provider:
            return 0
        barred = vectors.barred(uow, profile)
        known = [one.id for one in accounts.every(uow, self.owner.owner)]
        return next((id_ for id_ in known if id_ not in barred), known[0] if known else 0)


def _none_yet(uow: UnitOfWork) -> MailHelperError:
    newest = vectors.newest(uow)
    if newest is None or not vectors.barred(uow, newest) or vectors.is_waiting(uow, but=vectors.barred(uow, newest)):
        return ConflictError("There are no vectors yet; `run` makes them.", code="no_vectors", transient=True)
    return ConsentError(f"There are no vectors: without consent no mail leaves to {newest.provider} to embed.")


def _none_of(uow: UnitOfWork, profile: Profile, message_id: int) -> MailHelperError:
    (message,) = messages.summaries(uow, [message_id])
    newest = vectors.newest(uow) or profile
    if any(message.account_id not in vectors.barred(uow, one) for one in (profile, newest)):
        return ConflictError("This message has no vector yet.", code="no_vector", transient=True)
    return ConsentError(f"There is no consent that mail of account {message.account_id} may leave to embed.")


def question(criteria: Criteria) -> tuple[str, Criteria]:
    """Answer the words to understand and the filter. Raises InvalidError for a query without words."""
    text, rest = split(criteria)
    if not text:
        raise InvalidError("A search by meaning needs words besides its filters.", code="mode")
    return text, rest


def results(uow: UnitOfWork, hits: Sequence[Fused], notes: Sequence[ErrorNote] = ()) -> tuple[RankedMessage, ...]:
    """Answer the messages of hits, in their order, with what kept vectors from having a part in it."""
    missing = notes[0].code if notes else ""
    by_id = {one.message_id: one for one in hits}
    found = messages.summaries(uow, list(by_id))
    return tuple(
        RankedMessage(one, by_id[one.id].score, by_id[one.id].words, by_id[one.id].meaning, missing) for one in found
    )
