"""Words, phrases and what is excluded, over mail of few words: all that can stand beside each other does."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import settings

from mailhelper_core.model.mail.message import Address, MessageDetail
from mailhelper_core.model.rules.criteria import AllOf, AnyOf, Criteria, Is, Not
from mailhelper_core.query.write import write
from mailhelper_core.search.asked import Asked
from mailhelper_core.store.unit_of_work import Store
from tests.contract.search.letters import LETTER
from tests.contract.search.world import World

WORDS = ("the", "bank", "invoice", "a", "b")
# More than the 255 positions of a word that PostgreSQL keeps.
FREQUENT = "the " * 300
SEEDS = 10 if settings.default.max_examples > 100 else 1
TREES = 150


def words(random: Random, most: int, least: int = 0) -> str:
    return " ".join(random.choice(WORDS) for _ in range(random.randint(least, most)))


def letter(random: Random) -> MessageDetail:
    """A letter of these words alone, in which one of them may be very frequent."""
    text = random.choice(
        (words(random, 6), FREQUENT + words(random, 5), f"{words(random, 3)} {FREQUENT}{words(random, 3)}")
    )
    to = tuple(Address(words(random, 3), "b@the.example") for _ in range(random.randint(0, 2)))
    sender = Address(words(random, 3), "a@x.example")
    return replace(LETTER, subject=words(random, 4), text=text, from_=sender, to=to)


def words_of_a_field(random: Random) -> Is:
    field = random.choice(("any", "any", "subject", "from", "recipient", "body"))
    return Is(field, ":", words(random, 3, 1), prefix=random.random() < 0.2)


def tree(random: Random, depth: int = 3) -> Criteria:
    kind = random.random() if depth else 0
    if kind < 0.3:
        return words_of_a_field(random)
    if kind < 0.5:
        return AllOf((words_of_a_field(random), Not(tree(random, depth - 1))))
    if kind < 0.6:
        return Not(tree(random, depth - 1))
    parts = tuple(tree(random, depth - 1) for _ in range(random.randint(1, 3)))
    return AllOf(parts) if kind < 0.8 else AnyOf(parts)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_search_finds_what_the_predicate_says(store: Store, seed: int) -> None:
    random = Random(seed)
    world = World(store).open()
    world.put([letter(random) for _ in range(40)])
    world.index()
    truth, context = world.truth(), world.context()

    with world.owner.read() as uow:
        for asked in (tree(random) for _ in range(TREES)):
            run = Asked.prepare(uow, asked, context).run("newest", 100)
            assert [hit.id for hit in run.hits] == truth(asked), write(asked)
