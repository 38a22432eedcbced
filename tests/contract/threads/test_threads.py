"""Threads: by references in any order, by subject only through the gate, and by the owner's hand for good."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import update

from mailhelper_core.errors import InvalidError, NotFoundError
from mailhelper_core.mime.identity import reference_hashes
from mailhelper_core.model.mail.message import Address
from mailhelper_core.read.threads import ThreadService
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import erase, threads
from tests.contract.rules.world import World
from tests.unit.query.strategies import NOW
from tests.unit.rules.generated import mail

ADA, BOB, EVE = (Address("", f"{name}@home.example") for name in ("ada", "bob", "eve"))


def arrive(world: World, name: str, *answered: str, account: int = 1, **fields: object) -> int:
    """Let a message come that names others, nearest first, as a sync would; it is indexed at once."""
    (id_,) = world.put([mail(fields.pop("subject", name), message_id=name, account_id=account, **fields)])  # type: ignore[arg-type]
    hashes = {id_: reference_hashes(name, "", tuple(reversed(answered)))}
    with world.owner.begin() as uow:
        account_id = world.accounts[account]
        thread = threads.assign(uow, account_id, hashes)[id_]
        uow.execute(update(t.messages).where(t.messages.c.id == id_).values(thread_id=thread))
        threads.add_references(uow, account_id, hashes)
    world.search.index(account_id)
    return id_


def question(**fields: object) -> dict[str, object]:
    values = {"subject": "Dinner?", "from_": ADA, "to": (BOB,), "received_at": NOW - timedelta(days=3)}
    return values | fields


def answer(**fields: object) -> dict[str, object]:
    values = {"subject": "Re: Dinner?", "from_": BOB, "to": (ADA,), "received_at": NOW - timedelta(days=2)}
    return values | fields


def partition(world: World, *ids: int) -> list[int]:
    """For each message the first one of its thread, by its place in the list."""
    found = [world.see(id_).thread_id for id_ in ids]
    return [found.index(thread) for thread in found]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_references_connect_in_any_order_of_arrival(world: World, order: tuple[int, ...]) -> None:
    names = (("a",), ("b", "a"), ("c", "b", "a"), ("d",))

    ids = {number: arrive(world, *names[number]) for number in order}

    assert partition(world, *(ids[number] for number in range(4))) == [0, 0, 0, 3]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 0, 3, 2)])
def test_an_answer_without_references_is_joined_by_subject_in_any_order(world: World, order: tuple[int, ...]) -> None:
    mails = (
        ("q", question()),
        ("r", answer()),
        ("other", question(from_=EVE, to=(BOB,))),
        ("old", question(received_at=NOW - timedelta(days=60))),
    )

    ids = {number: arrive(world, mails[number][0], **mails[number][1]) for number in order}

    assert partition(world, *(ids[number] for number in range(4))) == [0, 0, 2, 3]


def test_a_body_that_comes_later_joins_threads_whose_first_messages_were_erased(world: World) -> None:
    a, b = arrive(world, "a"), arrive(world, "b", "a")
    late = arrive(world, "late")
    c, d = arrive(world, "c"), arrive(world, "d", "c")
    with world.owner.begin() as uow:
        erase.remove(uow, [a, c])
        threads.connect(uow, world.accounts[1], late, reference_hashes("late", "", ("b", "d")))

    assert partition(world, b, late, d) == [0, 0, 0]


def test_two_mails_of_one_subject_are_two_threads(world: World) -> None:
    ids = [arrive(world, f"q{n}", **question()) for n in range(2)]

    assert partition(world, *ids) == [0, 1]


def test_an_answer_that_names_what_it_answers_is_not_joined_by_subject(world: World) -> None:
    ids = [arrive(world, "q", **question()), arrive(world, "r", "elsewhere", **answer(references=("elsewhere",)))]

    assert partition(world, *ids) == [0, 1]


def test_a_thread_stays_split_when_an_answer_arrives(world: World) -> None:
    a, b, c = arrive(world, "a"), arrive(world, "b", "a"), arrive(world, "c", "b", "a")
    service = ThreadService(world.owner)

    new = service.split([b, c])
    d, e = arrive(world, "d", "c", "b", "a"), arrive(world, "e", "a")

    assert new == world.see(b).thread_id
    assert partition(world, a, b, c, d, e) == [0, 1, 1, 1, 0]


def test_a_message_may_be_split_off_from_what_answers_it(world: World) -> None:
    a, b, c = arrive(world, "a"), arrive(world, "b", "a"), arrive(world, "c", "b", "a")

    ThreadService(world.owner).split([a])
    d = arrive(world, "d", "a")

    assert partition(world, a, b, c, d) == [0, 1, 1, 0]


def test_threads_that_were_split_can_be_merged_again(world: World) -> None:
    a, b = arrive(world, "a"), arrive(world, "b", "a")
    service = ThreadService(world.owner)
    service.split([b])

    service.merge(a, b)
    c = arrive(world, "c", "b", "a")

    assert partition(world, a, b, c) == [0, 0, 0]


def test_threads_are_merged_by_hand_and_stay_so(world: World) -> None:
    a, b = arrive(world, "a"), arrive(world, "b")

    thread = ThreadService(world.owner).merge(b, a)
    c, d = arrive(world, "c", "a"), arrive(world, "d", "b")

    assert partition(world, a, b, c, d) == [0, 0, 0, 0]
    assert thread == world.see(d).thread_id


def test_what_was_split_is_not_joined_by_subject(world: World) -> None:
    q, r = arrive(world, "q", **question()), arrive(world, "r", **answer())
    ThreadService(world.owner).split([r])

    late = arrive(world, "q2", **question())

    assert partition(world, q, r, late) == [0, 1, 2]


def test_what_cannot_be_split_or_merged_is_refused(world: World) -> None:
    a, b, c = arrive(world, "a"), arrive(world, "b", "a"), arrive(world, "c")
    far = arrive(world, "far", account=2)
    service = ThreadService(world.owner)

    for ids in ([a, c], [a, b], [c], []):
        with pytest.raises(InvalidError):
            service.split(ids)
    with pytest.raises(InvalidError):
        service.merge(a, far)
    with pytest.raises(NotFoundError):
        ThreadService(world.store.for_owner("somebody else")).split([a])


def test_splitting_and_merging_take_each_other_back(world: World) -> None:
    a, b, c = arrive(world, "a"), arrive(world, "b", "a"), arrive(world, "c")
    service = ThreadService(world.owner)
    service.split([b])
    service.merge(a, c)
    assert partition(world, a, b, c) == [0, 1, 0]

    service.merge(a, b)
    service.split([c])

    assert partition(world, a, b, c) == [0, 0, 2]
    assert partition(world, b, arrive(world, "d", "b", "a"), c, arrive(world, "e", "c")) == [0, 0, 2, 2]


def test_what_is_split_twice_stays_apart_on_all_sides(world: World) -> None:
    a, b, c, d = (arrive(world, name, *before) for name, *before in ("a", "ba", "cba", "dcba"))
    service = ThreadService(world.owner)
    service.split([b, c, d])
    service.split([b])

    late = arrive(world, "e", "d", "c", "b", "a")

    assert partition(world, a, b, c, d, late) == [0, 1, 2, 2, 2]


def test_a_merge_with_another_thread_does_not_take_a_split_back(world: World) -> None:
    a, b, other = arrive(world, "a"), arrive(world, "b", "a"), arrive(world, "other")
    service = ThreadService(world.owner)
    service.split([b])
    service.merge(b, other)

    late = arrive(world, "c", "b", "a")

    assert partition(world, a, b, other, late) == [0, 1, 1, 1]


def test_a_thread_stays_split_when_the_messages_that_were_split_off_are_erased(world: World) -> None:
    a, b = arrive(world, "a"), arrive(world, "b", "a")
    ThreadService(world.owner).split([b])
    c = arrive(world, "c", "b", "a")
    with world.owner.begin() as uow:
        erase.remove(uow, [b])

    late = arrive(world, "d", "c", "b", "a")

    assert partition(world, a, c, late) == [0, 1, 1]


def test_threads_that_belong_together_are_as_if_they_had_never_been_split(world: World) -> None:
    a, b = arrive(world, "a"), arrive(world, "b", "a", references=("a",))
    service = ThreadService(world.owner)
    service.split([b])
    service.merge(a, b)

    other = arrive(world, "other")
    late = arrive(world, "c", "b", "a", "other")

    assert partition(world, a, b, other, late) == [0, 0, 0, 0]
