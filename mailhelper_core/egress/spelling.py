"""How texts may write the words of a name: with other accents, other letters that look alike, grown ends; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Scripts that write no blanks between words (Thai to Khmer, kana, Han) or grow words at their ends (Hebrew, Arabic,
# Hangul): a name stands within what looks like one word.
OF_GROWN = "[\u0590-\u06ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
# All other letters that stand alone, with the marks upon them.
TOKEN = re.compile(rf"(?:(?!{OF_GROWN})[^\W\d_]|[\u0300-\u036f])+")


def _look_alikes() -> dict[int, str]:
    """Answer Latin letters for those of other alphabets that look like them."""
    pairs = (
        ("АВЕЅІЈКМНОРСТУХаеѕіјкмнорстухвһԁԛԝ", "abesijkmhopctyxaesijkmhopctyxbhdqw"),
        ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαοντρικυχγηε", "abezhikmnoptyxaovtpikuxyne"),
        ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡ", "abcdefghijklmnoprstuvwyzag"),
    )
    return {ord(char): latin for chars, likes in pairs for char, latin in zip(chars, likes, strict=True)}


# Letters that Unicode takes for no accented ones.
_OWN_LETTERS = {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
_ALIKE = _look_alikes() | {ord(form): plain for char, plain in _OWN_LETTERS.items() for form in (char, char.upper())}
_LONG = {ord(char): plain for char, plain in {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"}.items()}
_MARKS = re.compile("[\u0300-\u036f]+")
_LATIN = re.compile("[a-z]+")
# An umlaut that is written out; behind a vowel, as in Bauer, the two stand for themselves.
_UMLAUT = re.compile("(?<![aeiouq])([aou])e")
# In words of fewer letters they stand for themselves too: Joe, Sue, Noel.
_MIN_UMLAUT = 5
_MIN_GROWN = 4
# Names that are declined: the stem, and what follows it.
_CYRILLIC = re.compile("([\u0400-\u04ff]{3,}?)[аеёийоуыьэюя]?")
_SLAVIC = re.compile("(.{2,}[sc]k)(?:i|a|iego|iemu|im|ich|iej|ie|ą|e)")
_ADJECTIVE = re.compile("(.{4,}?)s?ch(?:e[mnrs]?)?")


def key(word: str) -> str:
    """Answer what all spellings of a word have in common: `muller` for Müller, Mueller, MULLER and Мüller."""
    small = word.casefold()
    if not word.isascii():
        bare = _MARKS.sub("", unicodedata.normalize("NFKD", word.translate(_ALIKE).casefold()))
        if not _LATIN.fullmatch(bare):  # of another alphabet
            return _MARKS.sub("", small)
        small = bare
    return _UMLAUT.sub(r"\1", small) if "e" in small and len(small) >= _MIN_UMLAUT else small


def keys(word: str) -> tuple[str, ...]:
    """Answer the keys of a word: of a short one with an umlaut also the one that is written out, `baer` for Bär."""
    if word.isascii():
        return (key(word),)
    long = word.casefold().translate(_LONG)
    return (key(word), long) if len(long) < _MIN_UMLAUT and long.isascii() else (key(word),)


def forms(word: str) -> tuple[str, ...]:
    """Answer the keys of names that this word may be, or be a genitive of: Annas, Hansens."""
    found = keys(word)
    if found[0].endswith("s"):
        found += (found[0][:-1],)
        if found[0].endswith(("sens", "zens", "xens")):
            found += (found[0][:-3],)
    return found


def declined(word: str) -> Iterator[str]:
    """Yield the keys of names that may have grown to this word: Müllern, Müllerin, Müllersche, Kowalskiego."""
    one = key(word)
    if len(one) <= _MIN_GROWN:
        return
    for end in ("in", "innen", "n"):
        if one.endswith(f"er{end}") or (end == "n" and one.endswith("eln")):
            yield one.removesuffix(end)
    if "sch" in one and (adjective := _ADJECTIVE.fullmatch(one)):
        yield adjective[1]
    if "k" in one and (slavic := _SLAVIC.fullmatch(one)):
        yield f"{slavic[1]}i"
        yield f"{slavic[1]}a"


def stem(word: str) -> str:
    """Answer what stays of a name of the Cyrillic alphabet in all its cases, nothing of other words."""
    found = _CYRILLIC.fullmatch(word)
    return found[1].casefold() if found else ""


def is_cased(word: str) -> bool:
    """Say whether a word is of an alphabet with capitals, so that it can be looked up by its key."""
    return word[:1].lower() != word[:1].upper() and bool(TOKEN.fullmatch(word))
