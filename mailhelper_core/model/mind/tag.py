"""Tags: the owner's own labels, and which names and colors are allowed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.mail.text import clean_header
from mailhelper_core.model.mail.words import fold

# A label, not a text; the length that the field's other programs allow too.
MAX_TAG_LENGTH = 50

_PART = re.compile(r"0?\.[0-9]{1,6}|[01](?:\.0{1,6})?")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
# Letters and signs that are blank, as they are folded: the fillers of Hangul, and Braille without a dot.
_BLANK = frozenset("\u115f\u1160\u2800")


@dataclass(frozen=True, slots=True)
class Tag:
    """A label of an owner; `keyword` is the IMAP keyword that mirrors it, local_only says that none does."""

    id: int  # our own key
    name: str  # as the owner wrote it
    color: str = ""  # #rrggbb or empty
    description: str = ""  # what it is for
    keyword: str = ""  # empty for none
    messages: int = 0  # how many carry it

    @property
    def local_only(self) -> bool:
        """Say whether other mail programs cannot see it."""
        return not self.keyword


@dataclass(frozen=True, slots=True)
class SuggestedTag:
    """What a learner suggests: a tag, by its name, for a message."""

    message_id: int  # the message
    name: str  # of a tag that is there, or of a new one
    confidence: float  # a probability
    said_by: str  # the learner and its version; with a colon in its name, as `gpt:llm 1`, a language model's word


@dataclass(frozen=True, slots=True)
class TagSuggestion:
    """A name in the queue: accept, merge or reject it."""

    name: str  # as it was suggested first
    messages: tuple[int, ...]  # for which it is suggested, the surest first
    confidence: float  # of the surest
    is_new: bool  # whether there is no such tag yet


@dataclass(frozen=True, slots=True)
class TagExample:
    """What the owner said of a tag on a message: it belongs there, or it does not."""

    message_id: int  # the message
    is_positive: bool  # whether it belongs there
    actor: str  # who said it


def check_tag_name(name: str) -> str:
    """Answer the name as it is stored; raise InvalidError unless it has 1 to 50 characters on one line, one visible."""
    cleaned = clean_header(name)
    if not any(map(_is_seen, fold_tag(cleaned))):
        raise InvalidError("A tag needs a name.", code="tag_name")
    if len(cleaned) > MAX_TAG_LENGTH:
        raise InvalidError(f"A tag's name has at most {MAX_TAG_LENGTH} characters.", code="tag_name")
    return cleaned


def check_confidence(confidence: float) -> float:
    """Answer a probability; raise InvalidError for what is none."""
    if not 0 <= confidence <= 1:  # nor is NaN
        raise InvalidError("How sure a suggestion is lies between 0 and 1.", code="confidence")
    return confidence


def check_color(color: str) -> str:
    """Answer the color in lower case, empty for none; raise InvalidError unless it is #RRGGBB."""
    if color and not _COLOR.fullmatch(color):
        raise InvalidError("A color is written #RRGGBB, such as #3366ff.", code="color")
    return color.lower()


def read_suggested(text: str) -> tuple[str, float]:
    """Read `Bills` or `Bills@0.9`: the folded name, and how sure the suggestion must be at least."""
    name, at, number = text.rpartition("@")
    if at and _PART.fullmatch(number):
        return fold_tag(name), float(number)
    return fold_tag(text), 0.0


def _is_seen(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZM" and character not in _BLANK


def fold_tag(name: str) -> str:
    """Answer the name as tags are compared: `Bücher` and `BÜCHER` are one tag."""
    return fold(name).strip()
