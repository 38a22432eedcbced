"""Names of people that header fields know, wherever a text has them; pure."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from mailhelper_core.model.ai.recognizer import PersonalData
from mailhelper_core.model.mail.message import Address

# Scripts that write no blanks between words (Thai to Khmer, kana, Han) or grow words at their ends (Hebrew, Arabic,
# Hangul): a name stands within what looks like one word.
_OF_GROWN = "[\u0590-\u06ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
_GROWN = re.compile(_OF_GROWN)
# Names of which a part is used alone though no blank is before it: one or two characters of family, then the rest.
_SYLLABLES = re.compile("[\u3400-\u9fff\uac00-\ud7a3]{3,4}")
# Names that are declined: the stem, and what follows it.
_DECLINED = re.compile("([\u0400-\u04ff]{3,}?)[аеёийоуыьэюя]?")
# Beside a word of another script their letters are as good as a blank: "Adaさん".
_EDGES = (rf"(?:(?<![^\W_])|(?<={_OF_GROWN}))", rf"(?:(?![^\W_])|(?={_OF_GROWN}))")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Parts of names that say nothing about who it is, and roles that are no people.
_NO_NAMES = _set(
    "dr prof herr herrn frau mr mrs ms miss sir madam dipl ing von vom van zu zur den der die das des del di da la "
    "le und and the gmbh ag kg ohg ug mbh inc ltd llc corp co ev info support service services team office kontakt "
    "contact mail email newsletter noreply no not reply donotreply admin sales help hello hallo hi billing invoice "
    "rechnung notification notifications alert alerts news account accounts bank shop store online customer kunden "
    "kundenservice post postmaster webmaster www list lists via for at all alle zusammen everyone "
    "everybody folks grüße grüsse gruß gruss kollegen kolleginnen kollege kollegin freunde mitglieder damen herren "
    "customers friends colleagues colleague members friend user users sie ihnen ihr ihre you your"
)
# Names that are words: only where they are written like a name.
_ALSO_WORDS = _set(
    "will mark may june april august rose grace hope faith joy bill art frank sunny lange klein gross kurz jung neu "
    "lang schwarz weiss braun long young short white black brown green king wise best love max art dawn page price "
    "bach berg stein wolf vogel fuchs koch ernst reich gut sommer winter engel"
)
# Shorter words of names stand in texts by chance.
_MIN_CHANCE = 2


def parts_of(people: Iterable[Address]) -> set[str]:
    """Answer the words that name people: of their display names, or of the address where there is none."""
    found: set[str] = set()
    for person in people:
        source = person.name if _words(person.name) else person.addr_spec.partition("@")[0]
        found |= name_words(source)
        if source is person.name:
            found |= {word for word in name_words(person.addr_spec.partition("@")[0]) if len(word) > 3}
    return found


def name_words(text: str) -> set[str]:
    """Answer the words of a name that can tell who it is."""
    words = _words(unicodedata.normalize("NFKC", text))
    words += [part for word in words if _SYLLABLES.fullmatch(word) for part in (word[: len(word) - 2], word[-2:])]
    return {word for word in words if len(word) > 1 and word.casefold() not in _NO_NAMES}


@dataclass(frozen=True, slots=True)
class KnownWords:
    """Words of the names of people whom no header field of a mail names, by how texts write them; for many texts.

    A word of a name that is none but by chance is left out.
    """

    spelled: Mapping[str, Set[str]]  # a spelling in small letters -> the words
    stems: Mapping[str, Set[str]]  # of those that are declined
    grown: Set[str]  # of scripts in which a name stands within what looks like one word

    @classmethod
    def of(cls, names: Iterable[str]) -> KnownWords:
        """Read the names of people."""
        spelled: defaultdict[str, set[str]] = defaultdict(set)
        stems: defaultdict[str, set[str]] = defaultdict(set)
        words = {word for name in names for word in name_words(name) if word.casefold() not in _ALSO_WORDS}
        grown = {word for word in words if _GROWN.search(word)}
        for word in words:
            if len(word) > _MIN_CHANCE or word in grown:
                for spelling in _spellings(word):
                    spelled[spelling.casefold()].add(word)
            if declined := _DECLINED.fullmatch(word):
                stems[declined[1].casefold()].add(word)
        return cls(spelled, stems, grown)

    def written_in(self, text: str) -> set[str]:
        """Answer the words that stand in a text with a capital, or in a script that has none."""
        there = {word for word in _words(unicodedata.normalize("NFKC", text)) if not word[0].islower()}
        there |= {word[:-1] for word in there if word.endswith("s")}  # a genitive
        folded, longest = {word.casefold() for word in there}, max(map(len, self.stems), default=0)
        found = {word for one in folded for word in self.spelled.get(one, ())}
        starts = {one[:end] for one in folded for end in range(1, min(len(one), longest) + 1)}
        found |= {word for one in starts for word in self.stems.get(one, ())}
        return found | {word for word in self.grown if word in text}


def edges(word: str) -> tuple[str, str]:
    """Answer patterns of what stands before and behind a word where it is one: nothing but blanks and signs, or all."""
    return ("", "") if _GROWN.search(word) else _EDGES


def known(text: str, parts: set[str]) -> Iterator[PersonalData]:
    """Yield places where words of known names stand, runs of them as one."""
    pattern = _pattern(parts)
    for match in pattern.finditer(text) if pattern else ():
        if _is_name(match[0]):
            yield PersonalData("name", match.start(), match.end())


def _pattern(parts: set[str]) -> re.Pattern[str] | None:
    spellings = {spelling for part in parts for spelling in _spellings(part)}
    if not spellings:
        return None
    longest = sorted(spellings, key=len, reverse=True)
    within = "|".join(re.escape(word) for word in longest if _GROWN.search(word))
    alone = "|".join(_inflected(word) for word in longest if not _GROWN.search(word))
    # A German or English genitive belongs to the name ("Annas", "Anna's"), and the number of a user ("anna77").
    word, (before, behind) = rf"(?:{alone})(?:['’]?s|\d{{1,4}})?", _EDGES
    run = rf"{before}{word}(?:(?:[ ,.'’-]{{1,2}}|[ ]\w\.[ ]){word})*{behind}" if alone else ""
    runs = [run, rf"(?:{within})(?:[ ,.・·]?(?:{within}))*" if within else ""]
    return re.compile("|".join(filter(None, runs)), re.IGNORECASE)


def _inflected(word: str) -> str:
    """Answer the pattern of a word and, where names are declined, of its cases."""
    declined = _DECLINED.fullmatch(word)
    return rf"{re.escape(declined[1])}\w{{0,4}}" if declined else re.escape(word)


def _words(text: str) -> list[str]:
    """Answer the words of a text; marks that stand on a letter belong to it, as vowels do in Hindi and Thai."""
    kept = (char if char.isalpha() or unicodedata.category(char)[0] == "M" else " " for char in text)
    return "".join(kept).split()


def _spellings(part: str) -> set[str]:
    written = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
    long = "".join(written.get(char, char) for char in part)
    bare = "".join(char for char in unicodedata.normalize("NFKD", part) if not unicodedata.combining(char))
    return {part, long, bare}


def _is_name(word: str) -> bool:
    """Say whether a find is written like a name; short ones and those that are words need a capital."""
    folded = word.casefold()
    return not word[0].islower() if len(word) < 3 or folded in _ALSO_WORDS else True
