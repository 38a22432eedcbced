"""OpinionService: what is thought about messages and why, and the owner's corrections."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.door import guarded
from mailhelper_core.model.mind.opinion import Opinion
from mailhelper_core.model.work.operation import Change
from mailhelper_core.process.combine import CLOSED_VALUES
from mailhelper_core.store.mail import messages
from mailhelper_core.store.mail.said import own_word
from mailhelper_core.store.mind import opinions
from mailhelper_core.store.mind.opinions import Correction
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.store.work import changes

# A label is a word or two in a list, not a text.
MAX_LABEL_CHARACTERS = 60
MAX_VALUE_CHARACTERS = 4_000

_NO_OTHERS: Mapping[str, str] = MappingProxyType({})


@guarded
@dataclass(frozen=True, slots=True)
class OpinionService:
    """Opinions of one owner's messages. Calls raise NotFoundError for unknown and foreign ids if not said otherwise."""

    owner: OwnerStore

    def of(self, ids: Iterable[int]) -> dict[int, tuple[Opinion, ...]]:
        """Answer every opinion that is held, by message: the owner's own first, then each classifier's newest."""
        with self.owner.read() as uow:
            wanted = list(dict.fromkeys(ids))
            said, standing = opinions.of(uow, wanted), opinions.standing(uow, wanted)
            _require_others(uow, wanted, said.keys() | standing.keys())
        return {id_: (*_own_words(standing.get(id_, {})), *said.get(id_, ())) for id_ in wanted}

    def sureness(
        self, ids: Iterable[int], *, kinds: Collection[str] = ("category", "urgency", "importance")
    ) -> dict[int, dict[tuple[str, str], float]]:
        """Answer how sure the surest is of each answer, as `{message: {(kind, value): confidence}}`: for lists.

        What no classifier says is left out, as the owner's word alone is. Raises NotFoundError for an unknown message.
        """
        with self.owner.read() as uow:
            wanted = list(dict.fromkeys(ids))
            found = opinions.sureness(uow, wanted, kinds)
            _require_others(uow, wanted, found.keys())
        return found

    def correct(
        self,
        ids: Iterable[int],
        *,
        category: str | None = None,
        spam: bool | None = None,
        urgency: int | None = None,
        importance: int | None = None,
        others: Mapping[str, str] = _NO_OTHERS,
    ) -> Change:
        """Say how messages are to be seen; it holds at once and against every opinion, and classifiers learn from it.

        None leaves a question alone; `others` answers the questions of plugins by kind. What the owner said already
        is not said twice. The Change can be undone. Raises InvalidError for a value that does not exist.
        """
        told = {"category": category, "spam": spam, "urgency": urgency, "importance": importance, **others}
        values = {kind: _checked(kind, value) for kind, value in told.items() if value is not None}
        if not values:
            raise InvalidError("Say at least one of category, spam, urgency, importance or others.")
        with self.owner.begin() as uow:
            made = _corrections(uow, messages.require(uow, ids), values)
            correction_ids = opinions.correct(uow, made)
            change_id = changes.new_change(uow, "correct", _note(made), data={"corrections": correction_ids})
            return changes.get(uow, change_id)


def _require_others(uow: UnitOfWork, ids: Iterable[int], found: Collection[int]) -> None:
    """Raise NotFoundError where one is unknown; those of whom the owner has opinions are not asked for again."""
    messages.require(uow, [id_ for id_ in ids if id_ not in found])


def _corrections(uow: UnitOfWork, ids: list[int], values: Mapping[str, str]) -> list[Correction]:
    standing = opinions.standing(uow, ids)
    made = []
    for row in opinions.effective(uow, ids):
        for kind, value in values.items():
            earlier = standing.get(row.id, {}).get(kind)
            if earlier is None or earlier.value != value:
                was = earlier.was if earlier else _text(row._mapping.get(kind))
                made.append(Correction(row.id, row.account_id, kind, was, value))
    return made


def _note(made: list[Correction]) -> str:
    return f"{_count(len(made), 'correction')} of {_count(len({one.message_id for one in made}), 'message')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _own_words(standing: Mapping[str, Correction]) -> list[Opinion]:
    return [own_word(one.kind, one.value, one.signal) for one in standing.values()]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _checked(kind: str, value: object) -> str:
    text = ("yes" if value else "no") if isinstance(value, bool) else str(value).strip()
    allowed = CLOSED_VALUES.get(kind)
    if allowed and text not in allowed:
        raise InvalidError(f"{kind} is one of {', '.join(allowed)}.", code="opinion")
    most = MAX_LABEL_CHARACTERS if kind == "category" else MAX_VALUE_CHARACTERS
    if not 0 < len(text) <= most:
        raise InvalidError(f"{kind} takes 1 to {most} characters.", code="opinion")
    return text
