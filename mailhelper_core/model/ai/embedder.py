"""Embedders: texts become vectors on this machine. A service elsewhere is a Provider with `embed`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Embedder:
    """Makes vectors without sending text anywhere: `embed(texts, state)` answers one vector a text, in order.

    `fit(texts)` may look at an owner's mail first; what it answers is kept with the vectors and given to `embed`.
    """

    name: str
    embed: Callable[[Sequence[str], bytes], Sequence[Sequence[float]]]
    dimension: int
    version: str = "1"
    fit: Callable[[Sequence[str]], bytes] | None = None
