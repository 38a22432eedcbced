"""Full garbage collections wait while SQLite's write lock is held, and come when it is given back."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelper_core.store.garbage import _after_fork
from mailhelper_core.store.migrate import migrate
from mailhelper_core.store.unit_of_work import OwnerStore, Store

SOME = 20_000


@pytest.fixture
def ada(tmp_path: Path) -> Iterator[OwnerStore]:
    store = Store.open(f"sqlite:///{tmp_path}/mail.db")
    migrate(store.engine)
    yield store.for_owner("ada")
    store.close()


@pytest.fixture
def full() -> Iterator[list[int]]:
    """One item for each full collection; they are frequent here."""
    seen: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            seen.append(len(seen))

    before = gc.get_threshold()
    was_frozen = gc.get_freeze_count()
    gc.freeze()  # a full collection waits for a quarter as many new objects as it found old ones
    gc.collect()
    gc.set_threshold(100, 1, 1)
    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)
    gc.set_threshold(*before)
    if not was_frozen:
        gc.unfreeze()


def allocate() -> list[list[int]]:
    return [[number] for number in range(SOME)]


def test_no_full_collection_falls_into_a_transaction(ada: OwnerStore, full: list[int]) -> None:
    kept = allocate()
    assert full, "the collector is at work"

    with ada.begin():
        full.clear()
        kept += allocate()
        assert not full
    kept += allocate()

    assert full, "it goes on behind it"
    assert len(kept) == 3 * SOME


def test_a_transaction_that_only_reads_lets_them_come(ada: OwnerStore, full: list[int]) -> None:
    with ada.begin():
        pass
    with ada.read():
        full.clear()
        kept = allocate()

        assert full
    assert len(kept) == SOME


def test_what_fails_gives_them_free_too(ada: OwnerStore) -> None:
    before = gc.get_threshold()

    with pytest.raises(ZeroDivisionError), ada.begin():
        raise ZeroDivisionError

    assert gc.get_threshold() == before


def test_the_last_of_several_writers_gives_them_free(ada: OwnerStore, tmp_path: Path) -> None:
    before = gc.get_threshold()
    other = Store.open(f"sqlite:///{tmp_path}/other.db")
    migrate(other.engine)
    inside, go_on = threading.Event(), threading.Event()

    def write() -> None:
        with other.for_owner("eve").begin():
            inside.set()
            go_on.wait(10)

    thread = threading.Thread(target=write)
    with ada.begin():
        held = gc.get_threshold()
        thread.start()
        inside.wait(10)
    assert gc.get_threshold() == held != before
    go_on.set()
    thread.join()

    assert gc.get_threshold() == before
    other.close()


def test_what_the_host_sets_meanwhile_stands(ada: OwnerStore) -> None:
    before = gc.get_threshold()
    try:
        with ada.begin():
            gc.set_threshold(500, 5, 5)

        assert gc.get_threshold() == (500, 5, 5)
    finally:
        gc.set_threshold(*before)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the runner of the tests may have threads
def test_a_child_that_is_forked_meanwhile_has_its_collections(ada: OwnerStore) -> None:
    before = gc.get_threshold()
    with ada.begin():
        child = os.fork()
        if not child:
            os._exit(gc.get_threshold() != before)
        _, status = os.waitpid(child, 0)
        assert gc.get_threshold() != before

    assert os.waitstatus_to_exitcode(status) == 0


def test_a_child_that_was_forked_inside_a_transaction_counts_anew(ada: OwnerStore) -> None:
    before = gc.get_threshold()
    with ada.begin():
        _after_fork()
        assert gc.get_threshold() == before

    with ada.begin():
        assert gc.get_threshold() != before
    assert gc.get_threshold() == before
