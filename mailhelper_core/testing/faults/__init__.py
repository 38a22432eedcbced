"""Every fault of a mail server that a client must survive, by number: `FAULTS["F04"].arm(server)`.

A name is `F` and a number, with a variant behind a dot (`F58.year-0`). `scripted` says what a ScriptedFault
tells and does; the numbers are stable, none is used twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mailhelper_core.testing.faults.connection import CONNECTION
from mailhelper_core.testing.faults.content import CONTENT
from mailhelper_core.testing.faults.login import LOGIN
from mailhelper_core.testing.faults.mailbox import MAILBOX
from mailhelper_core.testing.faults.scripted import Outcome, ScriptedFault, Strikes, Target

__all__ = ["FAULTS", "Outcome", "ScriptedFault", "Strikes", "Target", "named"]

FAULTS: Mapping[str, ScriptedFault] = MappingProxyType(
    {fault.name: fault for fault in (*CONNECTION, *LOGIN, *MAILBOX, *CONTENT)}
)


def named(number: str) -> tuple[ScriptedFault, ...]:
    """Answer a fault with all its variants: `named("F58")`."""
    return tuple(fault for name, fault in FAULTS.items() if name.partition(".")[0] == number)
