"""Search by meaning: what is found and why, and how far the vectors are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mailhelper_core.model.mail.message import Message
from mailhelper_core.model.work.report import AsDict

SearchMode = Literal["words", "meaning", "both"]  # what ranks the hits


@dataclass(frozen=True, slots=True)
class RankedMessage:
    """A message that was found, and what each signal added to its score."""

    message: Message  # what was found
    score: float  # hits are in this order; comparable within one answer only
    words: float = 0.0  # the part that the words of the query gave
    meaning: float = 0.0  # the part that the vectors gave; alone it is the cosine, -1 to 1
    missing: str = ""  # the code of what kept vectors from adding to any hit, as `consent`; empty: nothing did


@dataclass(frozen=True, slots=True)
class VectorStatus(AsDict):
    """How far search by meaning is."""

    embedder: str  # whose vectors answer now; empty: none yet
    dimension: int  # their length
    vectors: int  # how many there are
    building: str  # whose vectors are being made to take over; empty: none
    built: int  # how many of those there are
    waiting: bool  # whether messages wait for a vector that can be made
    advice: str = ""  # what to install; empty: all is there
    barred: tuple[int, ...] = ()  # accounts whose mail may not leave to who makes them: it gets none before a consent
