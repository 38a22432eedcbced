"""Does a blob store keep its contract?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex

from mailhelper_core.model.mail.contents import BlobStore

LARGE = 10_000_000
THREADS = 8


def check_blob_store(store: BlobStore) -> None:
    """Check a blob store on keys of its own, which are gone afterwards.

    What was put comes back to the octet, be it empty or 10 MB, from many threads at once; what is not there is a
    KeyError to `get`, and no error to `delete`.
    """
    owner = token_hex(8)
    wanted = {f"{owner}/{token_hex(32)}-{number}": _octets(number) for number in range(THREADS)}
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(store.put, wanted.keys(), wanted.values()))
            got = dict(zip(wanted, pool.map(store.get, wanted), strict=True))
        for key, data in wanted.items():
            assert got[key] == data, f"{len(data)} octets came back otherwise"
        _is_missing(store, f"{owner}/{token_hex(32)}")
    finally:
        for key in wanted:
            store.delete(key)
    for key in wanted:
        _is_missing(store, key)
        store.delete(key)


def _octets(number: int) -> bytes:
    return {0: b"", 1: bytes(range(256)), 2: b"x" * LARGE}.get(number, b"(\xb5/\xfd" + bytes([number]) * 1000)


def _is_missing(store: BlobStore, key: str) -> None:
    try:
        store.get(key)
    except KeyError:
        return
    raise AssertionError("get answered something for a key that is not there; it must raise KeyError")
