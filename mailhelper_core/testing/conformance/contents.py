"""Does a blob store keep its contract?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_hex

from mailhelper_core.model.mail.contents import BlobStore, ClearableBlobStore
from mailhelper_core.testing.conformance.patience import HangError, patiently

LARGE = 10_000_000
THREADS = 8


def check_blob_store(store: BlobStore, *, reopened: BlobStore | None = None) -> None:
    """Check a blob store on keys of its own, which are gone afterwards.

    What was put comes back to the octet, be it empty or 10 MB, from many threads at once; what is not there is a
    KeyError to `get`, and no error to `delete`. One that has `clear` forgets all of an owner, and nothing else. A call
    that does not come back in 30 s is named.

    reopened: another one, opened by the same URL as another process would: it must find what the first one has put.
    """
    owner, other = token_hex(8), token_hex(8)
    wanted = {f"{owner}/{token_hex(32)}-{number}": _octets(number) for number in range(THREADS)}
    # The same mail of two owners: what stands before the stroke counts.
    wanted |= {f"{other}/{key.partition('/')[2]}": b"of another " + data for key, data in list(wanted.items())[:2]}
    called = _Called(store)
    try:
        _keeps(called, _Called(reopened or store), wanted)
        _misses(called, f"{owner}/{token_hex(32)}")
    except BaseException:
        with suppress(Exception):  # what is wrong already is to be told
            called.forget(wanted)
        raise
    if isinstance(store, ClearableBlobStore):
        _clears(store, called, owner, wanted)
    called.forget(wanted)
    for key in wanted:
        _misses(called, key)


@dataclass(frozen=True, slots=True)
class _Called:
    """A blob store of which each call is waited for patiently, not for ever."""

    store: BlobStore

    def put(self, key: str, data: bytes) -> None:
        patiently(f"put() of {len(data)} octets", lambda: self.store.put(key, data))

    def get(self, key: str) -> bytes:
        return patiently("get()", lambda: self.store.get(key))

    def delete(self, key: str) -> None:
        patiently("delete()", lambda: self.store.delete(key))

    def forget(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.delete(key)


def _clears(store: ClearableBlobStore, called: _Called, owner: str, wanted: Mapping[str, bytes]) -> None:
    for _ in range(2):  # one that has nothing is no error
        patiently("clear()", lambda: store.clear(owner))
    for key, data in wanted.items():
        if key.startswith(f"{owner}/"):
            _misses(called, key)
        else:
            assert called.get(key) == data, "clear() forgot what another owner has"


def _keeps(store: _Called, reopened: _Called, wanted: Mapping[str, bytes]) -> None:
    first = next(iter(wanted))
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(store.put, wanted.keys(), wanted.values()))
    with ThreadPoolExecutor(THREADS) as pool:
        got = dict(zip(wanted, pool.map(store.get, wanted), strict=True))
    for key, data in wanted.items():
        is_bytes = isinstance(got[key], bytes)
        assert is_bytes, f"get answered a {type(got[key]).__name__}; answer bytes, as they were put"
        assert got[key] == data, f"{len(data)} octets came back otherwise; keep them as they are, under the whole key"
    try:
        found = reopened.get(first)
    except KeyError as exc:
        advice = "keep them where every process finds them, and return from put when they are there"
        raise AssertionError(f"what was put is not there for another process; {advice}") from exc
    assert found == wanted[first], "another process gets other octets than were put"


def _octets(number: int) -> bytes:
    return {0: b"", 1: bytes(range(256)), 2: b"x" * LARGE}.get(number, b"(\xb5/\xfd" + bytes([number]) * 1000)


def _misses(store: _Called, key: str) -> None:
    try:
        store.get(key)
    except HangError:
        raise
    except KeyError:
        pass
    except Exception as exc:
        raise AssertionError(f"get raised {type(exc).__name__} for a key that is not there; raise KeyError") from exc
    else:
        raise AssertionError("get answered something for a key that is not there; it must raise KeyError")
    try:
        store.delete(key)
    except HangError:
        raise
    except Exception as exc:
        name = type(exc).__name__
        raise AssertionError(f"delete raised {name} for a key that is not there; that is no error") from exc
