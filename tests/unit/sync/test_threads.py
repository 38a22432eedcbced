"""Threads are connected components of shared references, whatever the order of arrival."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.store.mail.threads import join

mails = st.lists(st.frozensets(st.integers(1, 12), max_size=3), max_size=12)


def arrive(batches: list[dict[int, frozenset[int]]]) -> dict[int, int]:
    """Let batches arrive one after another, as the store keeps them: {message: thread}."""
    threads: dict[int, int] = {}
    holders: dict[int, int] = {}
    for batch in batches:
        wanted = {hash_ for hashes in batch.values() for hash_ in hashes}
        known = {hash_: threads[holders[hash_]] for hash_ in wanted if hash_ in holders}
        joined = join(batch, known)
        threads = {id_: joined.merged.get(thread, thread) for id_, thread in threads.items()}
        threads |= joined.threads
        for id_, hashes in batch.items():
            for hash_ in hashes:
                holders.setdefault(hash_, id_)
    return threads


def partition(threads: dict[int, int], names: dict[int, int]) -> set[frozenset[int]]:
    """Answer the groups, messages called by the number they have in the mail list."""
    groups: dict[int, set[int]] = {}
    for id_, thread in threads.items():
        groups.setdefault(thread, set()).add(names[id_])
    return {frozenset(group) for group in groups.values()}


@given(mails, st.randoms(use_true_random=False), st.integers(1, 5))
def test_the_order_and_the_batches_of_arrival_do_not_matter(
    found: list[frozenset[int]], random: object, size: int
) -> None:
    at_once = arrive([dict(enumerate(found, 1))])
    order = list(range(len(found)))
    random.shuffle(order)  # type: ignore[attr-defined]
    rows = [(id_, found[number]) for id_, number in enumerate(order, 1)]

    in_pieces = arrive([dict(rows[at : at + size]) for at in range(0, len(rows), size)])

    names = {id_: number + 1 for id_, number in enumerate(order, 1)}
    assert partition(in_pieces, names) == partition(at_once, {id_: id_ for id_ in at_once})


@given(mails)
def test_a_thread_is_named_by_its_oldest_message(found: list[frozenset[int]]) -> None:
    threads = arrive([{id_: hashes} for id_, hashes in enumerate(found, 1)])

    for thread in set(threads.values()):
        assert thread == min(id_ for id_, of in threads.items() if of == thread)


@given(mails)
def test_messages_that_share_a_reference_are_in_one_thread(found: list[frozenset[int]]) -> None:
    threads = arrive([dict(enumerate(found, 1))])

    for a, hashes in enumerate(found, 1):
        for b, others in enumerate(found, 1):
            if hashes & others:
                assert threads[a] == threads[b]


def test_a_message_without_references_is_a_thread_of_its_own() -> None:
    assert join({5: (), 6: ()}, {}).threads == {5: 5, 6: 6}


def test_a_late_message_that_connects_two_threads_merges_them() -> None:
    joined = join({9: (1, 2)}, {1: 3, 2: 4})

    assert joined.threads == {9: 3}
    assert joined.merged == {4: 3}
