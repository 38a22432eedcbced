"""The MIME layer's figures, on the 501 real and hostile mails that stand beside the repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.measure import alternate

MAILS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "mails"
RUNS = 5


def figures() -> Iterator[Figure]:
    """Yield the figures of the MIME layer; none where the mails are absent."""
    if not MAILS.is_dir():
        return
    ours, compat32, rust = alternate(RUNS, *(("parse", kind, MAILS) for kind in ("ours", "compat32", "rust")))
    cpu, slowest = ours.median("cpu"), ours.median("slowest")
    peers = (
        f"compat32, text parts only: {compat32.median('cpu'):.2f} s, {compat32.median('refused'):.0f} refused; "
        f"fast-mail-parser alone: {rust.median('cpu'):.2f} s, {rust.median('refused'):.0f} refused"
    )
    value = f"{cpu:.2f} s ({ours.spread('cpu')}), {ours.median('refused'):.0f} refused"
    yield Figure("MIME layer, 501 mails of 13.5 MB, CPU", "<= 2 s, 0 refused", value, peers, cpu <= 2)
    yield Figure("the slowest single mail, CPU", "<= 2 s", f"{slowest:.2f} s", "", slowest <= 2)
