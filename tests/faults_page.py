"""Writes the table of docs/reference/faults.md from the code: `python -m tests.faults_page`; a test compares them."""

from __future__ import annotations

from pathlib import Path

from mailhelper_core.testing.faults import FAULTS, ScriptedFault

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "faults.md"
BEGIN = "<!-- begin: python -m tests.faults_page -->\n"
HEADING = "\n| fault | what happens | ends | met at | lasts |\n|---|---|---|---|---|\n"


def table() -> str:
    """Answer the table."""
    return HEADING + "".join(map(_row, FAULTS.values()))


def write() -> None:
    """Put the table behind the mark of the page."""
    before, mark, _ = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(before + mark + table(), encoding="utf-8")


def _row(fault: ScriptedFault) -> str:
    needs = "; ".join(f"{name}={value}" for name, value in fault.options)
    title = fault.title.replace("\\", "\\\\") + (f" (account with {needs})" if needs else "")
    title += " (arm it after a first sync)" if fault.needs_sync else ""
    return f"| `{fault.name}` | {title} | {fault.outcome} | {fault.strikes} | {'yes' if fault.lasts else ''} |\n"


if __name__ == "__main__":
    write()
