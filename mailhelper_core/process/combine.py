"""Many opinions on one message become one verdict: pure, calibrated, independent of their order.

Opinions are pooled in log-odds: each says how likely its value is and leaves the rest to the other values in equal
parts; the logs are added, weighted by how far the one who said it is relied on. So an opinion that stands alone
keeps its confidence, agreement raises it, contradiction lowers it. What the owner said is not pooled: it wins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from math import log
from types import MappingProxyType

from mailhelper_core.model.mind.opinion import Opinion, Verdict, is_of_model, provider_of
from mailhelper_core.process.heuristics.evidence import shares

# The kinds with a fixed set of values; all others may have values that nobody named yet.
CLOSED_VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"spam": ("no", "yes"), "urgency": ("1", "2", "3"), "importance": ("1", "2", "3"), "reply": ("no", "yes")}
)
# Nobody is so sure that nobody else may answer.
SUREST = 0.999
# A value must be likelier than all others together to become effective.
EFFECTIVE_FROM = 0.5
_EFFECTIVE = ("spam", "category", "urgency", "importance", "language")
# Stands for every value that nobody named.
SOMETHING_ELSE = ""

_NONE: Mapping[str, str] = MappingProxyType({})
_RELIED_ON: Mapping[str, float] = MappingProxyType({})


def combine(
    opinions: Iterable[Opinion],
    *,
    corrections: Mapping[str, str] = _NONE,
    reliability: Mapping[str, float] = _RELIED_ON,
    models: Set[str] = frozenset(),
) -> Verdict:
    """Answer the effective values: what the owner said, else what the opinions together make likely, else None.

    corrections: kind -> the owner's value. reliability: said_by, or said_by/kind which goes before, -> 0..1,
    1 where absent. models: classifiers that ask a model themselves; what they say is a provider's word.
    """
    said = list(_current(opinions))
    verdict = _verdict(said, corrections, reliability)
    local = [opinion for opinion in said if not is_of_model(opinion, models)]
    if len(local) == len(said):
        return verdict
    alone = _verdict(local, corrections, reliability)
    kinds = tuple(kind for kind in _EFFECTIVE if getattr(verdict, kind) != getattr(alone, kind))
    return replace(verdict, provider_kinds=kinds)


def _current(opinions: Iterable[Opinion]) -> Iterator[Opinion]:
    """Yield opinions, but of the fast model of a provider only what its stronger one has not said too."""
    every = list(opinions)
    strong = {(provider_of(one.said_by), one.kind) for one in every if one.said_by.endswith(":strong")}
    for opinion in every:
        if not (opinion.said_by.endswith(":fast") and (provider_of(opinion.said_by), opinion.kind) in strong):
            yield opinion


def _verdict(opinions: Iterable[Opinion], corrections: Mapping[str, str], reliability: Mapping[str, float]) -> Verdict:
    by_kind: defaultdict[str, list[Opinion]] = defaultdict(list)
    for opinion in opinions:
        by_kind[opinion.kind].append(opinion)
    pooled = {kind: pool(said, reliability=reliability) for kind, said in by_kind.items()}
    certain = {kind: {value: 1.0} for kind, value in corrections.items()}
    chances: dict[str, dict[str, float]] = pooled | certain
    urgency, importance = _middle(chances.get("urgency")), _middle(chances.get("importance"))
    return Verdict(
        spam=chances["spam"].get("yes", 0.0) if "spam" in chances else None,
        category=_likeliest(chances.get("category")),
        urgency=urgency,
        importance=importance,
        language=_likeliest(chances.get("language")),
    )


def pool(opinions: Sequence[Opinion], *, reliability: Mapping[str, float] = _RELIED_ON) -> dict[str, float]:
    """Answer the probability of each value of one kind; empty without opinions.

    For kinds without a fixed set of values, SOMETHING_ELSE has what is left.
    """
    if not opinions:
        return {}
    values = CLOSED_VALUES.get(opinions[0].kind) or (*sorted({o.value for o in opinions}), SOMETHING_ELSE)
    scores = dict.fromkeys(values, 0.0)
    for opinion in sorted(opinions, key=_order):
        weight = reliability.get(f"{opinion.said_by}/{opinion.kind}", reliability.get(opinion.said_by, 1.0))
        confidence = min(max(opinion.confidence, 1 - SUREST), SUREST)
        for_it, for_another = weight * log(confidence), weight * log((1 - confidence) / (len(values) - 1))
        for value in values:
            scores[value] += for_it if value == opinion.value else for_another
    return shares(scores)


def _middle(chances: Mapping[str, float] | None) -> int | None:
    """Answer the level in the middle of what is possible: two levels off only if the far end is likelier than not."""
    if not chances:
        return None
    below = 0.0
    for level, chance in sorted(chances.items()):
        below += chance
        if below >= EFFECTIVE_FROM:
            return int(level)
    return int(max(chances))  # sums of floats may end just below


def _order(opinion: Opinion) -> tuple[str, str, float]:
    # Sums of floats depend on their order; this one does not depend on who was asked first.
    return opinion.said_by, opinion.value, opinion.confidence


def _likeliest(chances: Mapping[str, float] | None) -> str | None:
    if not chances:
        return None
    value, chance = max(chances.items(), key=lambda item: (item[1], item[0]))
    return value if value != SOMETHING_ELSE and chance >= EFFECTIVE_FROM else None
