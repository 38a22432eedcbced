"""Make the vectors of a filled database and look for similar mails: likeness.py URL; milliseconds of CPU are told."""

from __future__ import annotations

import struct
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median

from bench.gauge import tell
from mailhelper_core import MailHelper
from mailhelper_core.store.search import vectors
from mailhelper_core.store.unit_of_work import Store

ROUNDS = 15


def timed(ask: Callable[[], object]) -> float:
    """Answer the median CPU time of several rounds in milliseconds, the first one left out."""
    found = []
    for _ in range(ROUNDS + 1):
        before = time.process_time()
        ask()
        found.append((time.process_time() - before) * 1000)
    return median(found[1:])


def main() -> None:
    """Embed everything, then search cold and warm, beside a loop over the same vectors."""
    url = sys.argv[1]
    with MailHelper(url) as helper:
        ada = helper.for_owner("ada")
        account = ada.accounts.list()[0]
        cpu = time.process_time()
        report = ada.vectors.embed(account.id)
        figures = {"embed_cpu": time.process_time() - cpu, "embedded": float(report.embedded)}
        newest = next(iter(ada.search("", limit=1))).id
    with MailHelper(url) as helper:
        ada = helper.for_owner("ada")
        ada.count("is:unread", at_most=1)  # the connection is not what is measured
        before = time.process_time()
        found = ada.messages.similar(newest)
        figures |= {"cold": (time.process_time() - before) * 1000, "found": float(len(found))}
        figures["warm"] = timed(lambda: ada.messages.similar(newest))
        figures["query"] = timed(lambda: ada.search("word4000 word900", mode="meaning", limit=10))
    ids, rows = _all(url)
    figures["loop"] = timed(lambda: _loop(rows[0], ids, rows))
    tell(figures)


def _all(url: str) -> tuple[list[int], list[bytes]]:
    store = Store.open(url)
    with store.for_owner("ada").read() as uow:
        found = vectors.every(uow, vectors.profiles(uow)["live"].id)
    store.close()
    return found


def _loop(vector: bytes, ids: Sequence[int], rows: Sequence[bytes]) -> list[tuple[float, int]]:
    """Compare one vector after the other, each unpacked from its row, as the legacy application did."""
    import numpy as np  # noqa: PLC0415 - the peer's own way

    wanted = np.frombuffer(vector, dtype="<f4")
    scores = []
    for id_, row in zip(ids, rows, strict=True):
        other = np.array(struct.unpack(f"<{len(row) // 4}f", row), dtype=np.float32)
        scores.append((float(np.dot(wanted, other) / (np.linalg.norm(wanted) * np.linalg.norm(other))), id_))
    return sorted(scores, reverse=True)[:10]


if __name__ == "__main__":
    main()
