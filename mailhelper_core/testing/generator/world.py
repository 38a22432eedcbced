"""The owner's world: contacts with a weight, companies by trade, mailing lists; drawn once from the seed."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from mailhelper_core.testing.generator.mail import Level

TOPICS = ("travel", "house", "work", "club", "health", "school")
# RFC 2606 and RFC 6761: names that can never be anybody's.
_COMPANY_SUFFIXES = (".test", ".test", ".example.com", ".example.net", ".example.org")
_FREE_MAIL = ("example.net", "mail.example.com", "post.example.org", "freepost.test", "inbox.example.net")
# Weights of the contacts to the owner: few who matter most, as in any address book.
_WEIGHTS: tuple[Level, ...] = (3, 3, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an address; `weight` is how much the owner cares, 1 for a stranger."""

    name: str
    address: str
    language: str
    weight: Level = 1
    topics: tuple[str, ...] = TOPICS

    @property
    def first(self) -> str:
        """The first name."""
        return self.name.split()[0]

    @property
    def domain(self) -> str:
        """The domain of the address."""
        return self.address.partition("@")[2]


@dataclass(frozen=True, slots=True)
class Company:
    """A sender that is not a person."""

    name: str
    domain: str
    language: str


@dataclass(frozen=True, slots=True)
class MailingList:
    """A list that the owner reads."""

    name: str
    address: str
    topic: str
    language: str
    members: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class World:
    """Everybody who writes to the owner."""

    owner: Person
    contacts: tuple[Person, ...]
    companies: Mapping[tuple[str, str], tuple[Company, ...]]
    lists: tuple[MailingList, ...]


def draw_world(rng: Random, owner: Person, languages: Sequence[str], templates: str) -> World:
    """Draw contacts, companies and lists."""
    contacts = tuple(_contact(rng, languages[at % len(languages)], weight) for at, weight in enumerate(_WEIGHTS))
    companies = {
        (language, trade): tuple(_company(rng, name, language) for name in names)
        for language in languages
        for trade, names in company_names(templates, language).items()
    }
    lists = tuple(
        _mailing_list(rng, topic, languages[at % len(languages)]) for at, topic in enumerate(rng.sample(TOPICS, 3))
    )
    return World(owner, contacts, companies, lists)


def stranger(rng: Random, language: str) -> Person:
    """Draw somebody the owner does not know."""
    name = draw_name(rng, language)
    return Person(name, _address(rng, name, rng.choice(_FREE_MAIL)), language)


def draw_name(rng: Random, language: str) -> str:
    """Draw a full name."""
    people = name_bank("people", language)
    return f"{rng.choice(people['first'])} {rng.choice(people['last'])}"


def slug(text: str) -> str:
    """Answer the text as it would stand in a domain name."""
    for letter, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ı", "i")):
        text = text.lower().replace(letter, plain)
    plain_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain_text).strip("-")


def company_names(templates: str, language: str) -> Mapping[str, Sequence[str]]:
    """Answer the names of companies by trade."""
    companies: dict[str, dict[str, dict[str, list[str]]]] = _names()["companies"]
    return companies[templates][language]


def name_bank(section: str, language: str) -> Mapping[str, Sequence[str]]:
    """Answer the lists of a section of the names file: people, cities, calendar, lists."""
    bank: dict[str, list[str]] = _names()[section][language]
    return bank


@cache
def _names() -> dict[str, Any]:
    return tomllib.loads((files("mailhelper_core.testing.wording") / "names.toml").read_text(encoding="utf-8"))


def _contact(rng: Random, language: str, weight: Level) -> Person:
    name = draw_name(rng, language)
    at_work = rng.random() < 0.4
    domain = rng.choice(("fairbridge.test", "kuehn-partner.example.com")) if at_work else rng.choice(_FREE_MAIL)
    topics = ("work", rng.choice(TOPICS)) if at_work else tuple(rng.sample(TOPICS, 3))
    return Person(name, _address(rng, name, domain), language, weight, topics)


def _address(rng: Random, name: str, domain: str) -> str:
    first, last = slug(name.split()[0]), slug(name.split()[-1])
    forms = (f"{first}.{last}", f"{first}{last}", f"{first[0]}.{last}", f"{first}_{rng.randint(60, 99)}", first)
    return f"{rng.choice(forms)}@{domain}"


def _company(rng: Random, name: str, language: str) -> Company:
    return Company(name, slug(name) + rng.choice(_COMPANY_SUFFIXES), language)


def _mailing_list(rng: Random, topic: str, language: str) -> MailingList:
    name = rng.choice(name_bank("lists", language)[topic])
    members = tuple(stranger(rng, language) for _ in range(8))
    return MailingList(name, f"{name}@lists.example.org", topic, language, members)
