"""Names of people that header fields know: which words of them say who it is, and which a text mentions; pure."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise, permutations

from mailhelper_core.egress.spelling import OF_GROWN, TOKEN, declined, forms, is_cased, key, keys, stem
from mailhelper_core.model.mail.message import Address

GROWN = re.compile(OF_GROWN)
# Names of which a part is used alone though no blank is before it: one or two characters of family, then the rest.
_SYLLABLES = re.compile("[\u3400-\u9fff\uac00-\ud7a3]{3,4}")
# O'Brien is written OBrien too.
_APOSTROPHE = re.compile(r"(?<![^\W_])([^\W\d_])['’´`]([^\W\d_]{3,})")
# Beside a word of another script their letters are as good as a blank: "Adaさん".
_EDGES = (rf"(?:(?<![^\W_])|(?<={OF_GROWN}))", rf"(?:(?![^\W_])|(?={OF_GROWN}))")


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
ALSO_WORDS = _set(
    "will mark may june april august rose grace hope faith joy bill art frank sunny lange klein gross kurz jung neu "
    "lang schwarz weiss braun long young short white black brown green king wise best love max art dawn page price "
    "bach berg stein wolf vogel fuchs koch ernst reich gut sommer winter engel"
)
# Names that are words where they are written small.
SMALL_WORDS = _set(
    "able adler alt alte anders angel arm auch bald bar bauer bauern baum bell besser bird bishop bitter blau blum "
    "bond book brand breit bright brook bunt burns bush case chance chase church clay cook cross day dean denk dick "
    "drew dumm durr eben eigen ende erst essen even fair fein fern fest fett feuer field fields fish flach ford "
    "forest fox free frei fremd freund froh frohlich fromm fruh fur ganz gar garden gates general gerade gern gewiss "
    "glass glatt gold good grant gray grob grun guy halb hall hand hard hart hat head heart heil heim heiss hell herz "
    "hill hills hoch hof hohl holiday holz home house hubsch hunt immer ivory jack jager judge just kalt kamm kaum "
    "klar klug knapp knight konnte kraft krank krumm kuhl kuhn lake land lane laut law leer leicht licht lieb liebe "
    "link little lord los low major mal man manche mann mehr merry mild mile miles mill mills mittag montag moon more "
    "morgen mount mude munter nacht nass neben nett new nice nick noble north note oben olive ost pal park parks "
    "peace pearl penny pike plus pool post pot power powers pride prince rasch rau ray read reader recht reif rein "
    "rich right ring river rivers road rock root rot ruf rund rush sage sand sandy sauer save schade scharf schlau "
    "schlicht schmal schon schone schwer sea sharp sicher singer sky small smart snow son sonst south speed spring "
    "star stark steil still stone storm story street streng strong sturm sue sun suss swift tag temple tief tree treu "
    "trost turn viel voll vor wach wahl wahr walk wall war ward warm waters way weeks weich weide weiher weise well "
    "wells welt wert west wiese wild wind wing wohl wood woods word worth wurde zahl zart zeit ziel"
)
# Shorter words of names stand in texts by chance.
MIN_CHANCE = 2


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
    text = unicodedata.normalize("NFKC", text)
    words = _words(text) + ["".join(match.groups()) for match in _APOSTROPHE.finditer(text)]
    words += [part for word in words if _SYLLABLES.fullmatch(word) for part in (word[: len(word) - 2], word[-2:])]
    return {word for word in words if len(word) > 1 and word.casefold() not in _NO_NAMES}


@dataclass(frozen=True, slots=True)
class KnownWords:
    """Words of the names of people whom no header field of a mail names, by how texts write them; for many texts.

    A word of a name that is none but by chance is left out.
    """

    spelled: Mapping[str, Set[str]]  # what all spellings have in common -> the words
    stems: Mapping[str, Set[str]]  # of those that are declined
    uncased: Set[str]  # of scripts without capitals
    pairs: Set[tuple[str, str]]  # keys that stand side by side in one name, in both orders

    @classmethod
    def of(cls, names: Iterable[str]) -> KnownWords:
        """Read the names of people."""
        spelled: defaultdict[str, set[str]] = defaultdict(set)
        stems: defaultdict[str, set[str]] = defaultdict(set)
        pairs: set[tuple[str, str]] = set()
        told = [{word for word in name_words(name) if word.casefold() not in ALSO_WORDS} for name in names]
        cased = [[word for word in words if len(word) > MIN_CHANCE and is_cased(word)] for words in told]
        for words in cased:
            pairs |= set(permutations(map(key, words), 2))
            for word in words:
                for one in keys(word):
                    spelled[one].add(word)
                if found := stem(word):
                    stems[found].add(word)
        return cls(spelled, stems, {word for words in told for word in words if not is_cased(word)}, pairs)

    def written_in(self, text: str) -> set[str]:
        """Answer the words that stand in a text with a capital or beside another of their name, or have no capitals."""
        tokens = TOKEN.findall(unicodedata.normalize("NFKC", text))
        there = {word for word in tokens if not word[0].islower()} | self._side_by_side(tokens)
        longest = max(map(len, self.stems), default=0)
        found = {word for word in self.uncased if word in text}
        for word in there:
            for one in (*forms(word), *declined(word)):
                found |= self.spelled.get(one, frozenset())
            small = word.casefold()
            for end in range(1, min(len(small), longest) + 1):
                found |= self.stems.get(small[:end], frozenset())
        return found

    def _side_by_side(self, tokens: Sequence[str]) -> set[str]:
        """Answer words beside another of the same name, which may be written small: ada lovelace."""
        read = {word: key(word) for word in set(tokens)} if self.pairs else {}
        return {
            word
            for one, other in (pairwise(tokens) if read else ())
            if (read[one], read[other]) in self.pairs
            for word in (one, other)
        }


def edges(word: str) -> tuple[str, str]:
    """Answer patterns of what stands before and behind a word where it is one: nothing but blanks and signs, or all."""
    return ("", "") if GROWN.search(word) else _EDGES


def _words(text: str) -> list[str]:
    """Answer the words of a text; marks that stand on a letter belong to it, as vowels do in Hindi and Thai."""
    kept = (char if char.isalpha() or unicodedata.category(char)[0] == "M" else " " for char in text)
    return "".join(kept).split()
