"""Figure: one target beside its measured value and its peer."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of docs/benchmarks.md; `met` is None where there is nothing to meet."""

    name: str
    target: str
    value: str
    peer: str
    met: bool | None = None

    def row(self) -> str:
        """Answer the Markdown row."""
        verdict = {True: "met", False: "**missed**", None: ""}[self.met]
        return f"| {self.name} | {self.target} | {self.value} | {self.peer} | {verdict} |"

    def as_dict(self) -> dict[str, object]:
        """Answer the fields as plain values."""
        return asdict(self)
