"""The one tokenizer: text to searchable words, the same for search, rules and both databases."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from mailhelper_core.model.mail.message import Address

# Words of a text that can be found; PostgreSQL clamps positions at 16383, phrases beyond would never match.
SEARCHABLE_WORDS = 10_000
# Longer subjects are attacks; 30 words hold any display name.
SUBJECT_WORDS = 500
SENDER_WORDS = 30
# About 400 addresses, To before Cc before Bcc; with the other fields below PostgreSQL's 16383 positions.
RECIPIENT_WORDS = 2_000
# PostgreSQL refuses lexemes above 2046 bytes; nobody searches longer words.
MAX_WORD_LENGTH = 200
# Characters looked at, so that a 30 MB text costs what a long letter costs.
SEARCHABLE_CHARACTERS = 120_000

# Scripts written without blanks: one word a character, found as a phrase.
_ALONE = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
# Vowel signs and the virama of Indic scripts stand inside words, though Unicode counts them as marks.
_SIGNS = "\u0900-\u0963\u0966-\u0df3"
_WORD = re.compile(rf"[{_ALONE}]|(?:[^\W_{_ALONE}]|[{_SIGNS}])+")
_LONE = re.compile(f"[{_ALONE}]")
# A vowel sign after a word of one letter begins a word.
_PIECE = re.compile("am*(?:s[wms]*)?|[wms]+")
# Accents, and what newsletters hide inside words: soft hyphen, joiners, word joiner.
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u00ad\u200c\u200d\u2060\ufeff]+")


@dataclass(frozen=True, slots=True)
class SearchText:
    """The words of one message by field, each value's words joined by blanks; a phrase stays in one value."""

    subject: str
    sender: str
    recipients: tuple[str, ...]
    body: str


def search_text(subject: str, sender: Address, recipients: Sequence[Address], body: str) -> SearchText:
    """Answer what can be found of a message; recipients are To, Cc and Bcc in this order."""
    return SearchText(
        " ".join(words(subject, SUBJECT_WORDS)),
        " ".join(sender_words(sender)),
        tuple(" ".join(found) for found in recipient_words(recipients)),
        " ".join(words(body)),
    )


def recipient_words(recipients: Sequence[Address]) -> list[list[str]]:
    """Answer the words of each recipient, until RECIPIENT_WORDS are used up."""
    left = RECIPIENT_WORDS
    found = []
    for address in recipients[:RECIPIENT_WORDS]:
        found.append(words(address_text(address), left))
        left -= len(found[-1])
        if left <= 0:
            break
    return found


def sender_words(sender: Address) -> list[str]:
    """Answer the words of a sender: some of the name, and all of the address, so that its domain is always found."""
    return words(sender.name, SENDER_WORDS) + words(sender.addr_spec)


def address_text(address: Address) -> str:
    """Answer an address as it is searched: the name, then the addr-spec."""
    return f"{address.name} {address.addr_spec}"


def words(text: str, limit: int = SEARCHABLE_WORDS) -> list[str]:
    """Answer the words of a text in order: NFKC, case-folded, without marks; punctuation separates."""
    text = text[:SEARCHABLE_CHARACTERS]
    plain = _western(text)
    found = _WORD.findall(fold(text)) if plain is None else plain.split(None, limit)
    if len(found) > limit:
        del found[limit:]
    longest = max(map(len, found), default=0) if plain is None or _may_have_a_long_word(plain) else 0
    if longest > MAX_WORD_LENGTH:
        return [word[:MAX_WORD_LENGTH] for word in found]
    return found


def words_of_each(texts: Sequence[str], limit: int) -> list[list[str]]:
    """Answer the words of each of many short texts as `words` does: those of ASCII are folded in one go.

    A call for each of the fields of a header costs twice as much.
    """
    lines = "\n".join(texts)
    if lines.isascii() and len(lines) <= SEARCHABLE_CHARACTERS and lines.count("\n") == len(texts) - 1:
        plain = lines.encode().translate(_FOLDED_LINES).decode()
        if not _may_have_a_long_word(plain):
            return [line.split(None, limit)[:limit] for line in plain.split("\n")]
    return [words(text, limit) for text in texts]


def _may_have_a_long_word(plain: str) -> bool:
    """Say whether a stretch has no blank that every word of MAX_WORD_LENGTH would cover: faster than measuring each."""
    step = MAX_WORD_LENGTH // 2
    return any(" " not in plain[at : at + step] for at in range(0, len(plain) - step + 1, step))


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """Answer the words of a text as `words` does, without its limits, and where in the text each one stands.

    Words that come from one piece of the text, as from ½, have the place of the piece.
    """
    pieces = _PIECE.finditer(text.translate(_Kinds()))
    return [(word, piece.start(), piece.end()) for piece in pieces for word in words(text[piece.start() : piece.end()])]


class _Kinds(dict[int, str]):
    """What each character is to a word: it is one (a), a letter (w), a vowel sign (s), a mark (m), or in none.

    Folding joins no two characters across a boundary of pieces (property-tested), so each piece is folded alone. It
    is filled while one text is read: what strangers write may not fill the memory.
    """

    def __missing__(self, number: int) -> str:
        character = chr(number)
        plain, folded = unicodedata.normalize("NFKD", character), fold(character)
        hangs = not folded or unicodedata.combining(plain[0]) or unicodedata.category(character).startswith("M")
        if _LONE.fullmatch(folded):
            kind = "m" if hangs else "a"
        elif _WORD.search(folded):
            kind = "s" if hangs else "w"
        else:
            kind = "m" if hangs else " "
        self[number] = kind
        return kind


def fold(text: str) -> str:
    """Answer the text as words are compared: Größe and GROSSE are equal, é is e."""
    if text.isascii():
        return text.lower()
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    return unicodedata.normalize("NFKC", _MARKS.sub("", unicodedata.normalize("NFKD", folded)))


def fold_address(text: str) -> str:
    """Answer an addr-spec as it is compared: ASCII letters in lower case, all else letter by letter.

    Marks stay, so that bücher@x.example does not pass for bucher@x.example; both databases' lower() does the same.
    """
    return text.lower() if text.isascii() else text.translate(_ASCII_LOWER)


_ASCII_LOWER = {number: number + 32 for number in range(ord("A"), ord("Z") + 1)}

# The fast way for Western European text, five times as fast as the regular expression: what Windows-1252 can
# write is folded by one table of bytes. It answers exactly what the slow way does (property-tested).


def _western(text: str) -> str | None:
    """Answer the folded words with blanks for all else, None when a character needs the slow way."""
    if text.isascii():
        return text.encode().translate(_FOLDED).decode()
    try:
        data = text.encode("cp1252")
    except UnicodeEncodeError:
        data = _OUTSIDE.sub(_without_letters, text).encode("cp1252")
    if data.translate(None, _PLAIN):
        return None
    return data.replace(b"\xdf", b"ss").translate(_FOLDED, b"\xad").decode("cp1252")


def _without_letters(match: re.Match[str]) -> str:
    decomposed = _MARKS.sub("", unicodedata.normalize("NFKD", match[0]))
    # U+00BD (one half) is outside _PLAIN: it sends the whole text the slow way.
    return "\xbd" if _WORD.search(decomposed) else " " * len(decomposed)


def _western_tables() -> tuple[bytes, bytes]:
    plain = bytearray(b"\xad\xdf")
    table = bytearray(b" " * 256)
    for number in range(256):
        folded = fold(bytes([number]).decode("cp1252", "ignore"))
        found = "".join(_WORD.findall(folded))
        byte = found.encode("cp1252", "ignore")
        if len(folded) == len(byte) == 1 or not found:
            plain.append(number)
            table[number] = byte[0] if byte else 0x20
    return bytes(plain), bytes(table)


_PLAIN, _FOLDED = _western_tables()
_FOLDED_LINES = _FOLDED[:10] + b"\n" + _FOLDED[11:]
_OUTSIDE = re.compile("[^" + "".join(re.escape(bytes([n]).decode("cp1252", "ignore")) for n in range(256)) + "]+")
