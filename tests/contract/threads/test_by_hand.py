"""Random splits, merges and arrivals: what the owner set apart is joined by nothing but the owner's word."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import settings

from mailhelper_core.read.threads import ThreadService
from tests.contract.rules.world import World
from tests.contract.threads.test_threads import arrive

SEEDS = 40 if settings.default.max_examples > 100 else 2
STEPS = 25


class Model:
    """An owner who reads threads, and remembers which messages were set apart."""

    def __init__(self, world: World, random: Random) -> None:
        self.world, self.random = world, random
        self.threads = ThreadService(world.owner)
        self.ids: list[int] = []
        self.apart: set[frozenset[int]] = set()

    def partition(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for id_ in self.ids:
            found.setdefault(self.world.see(id_).thread_id, []).append(id_)
        return found

    def step(self) -> bool:
        """Do something, and say whether it was a change."""
        found = list(self.partition().values())
        large = [thread for thread in found if len(thread) > 1]
        kind = self.random.random()
        if large and kind < 0.25:
            thread = self.random.choice(large)
            chosen = self.random.sample(thread, self.random.randint(1, len(thread) - 1))
            self.threads.split(chosen)
            self.apart |= {frozenset(pair) for pair in product(chosen, set(thread) - set(chosen))}
        elif len(found) > 1 and kind < 0.4:
            one, other = self.random.sample(found, 2)
            self.threads.merge(self.random.choice(one), self.random.choice(other))
            self.apart -= {frozenset(pair) for pair in product(one, other)}
        else:
            self.arrive()
            return False
        return True

    def arrive(self) -> None:
        names = [f"m{self.ids.index(id_)}" for id_ in self.random.sample(self.ids, min(len(self.ids), 3))]
        named = names[: self.random.randint(0, 3)]
        new = arrive(self.world, f"m{len(self.ids)}", *named, references=tuple(reversed(named)))
        if named:
            nearest = self.ids[int(named[0][1:])]
            assert self.world.see(new).thread_id == self.world.see(nearest).thread_id
        self.ids.append(new)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_was_set_apart_stays_apart_and_undo_goes_both_ways(world: World, seed: int) -> None:
    model = Model(world, Random(seed))

    for _ in range(STEPS):
        before = model.partition()
        is_change = model.step()
        after = model.partition()
        together = {frozenset(pair) for thread in after.values() for pair in product(thread, thread)}
        assert not model.apart & together
        for expected in (before, after) if is_change else ():
            assert world.undo.undo(world.last_change()).left == 0
            assert model.partition() == expected
