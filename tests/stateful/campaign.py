"""How long the machines run: seconds by default, as long as other programs' campaigns with --full, or as asked for."""

from __future__ import annotations

import os

from hypothesis import settings

# `./dev soak` sets it.
EXAMPLES = "MAILHELPER_STATEFUL_EXAMPLES"
STEPS = 50
FEW_STEPS = 15


def span(*, few: int, full: int) -> settings:
    """Answer how many examples of how many steps; failing ones are shown with what replays them."""
    asked = os.environ.get(EXAMPLES)
    if asked is not None:
        return settings(max_examples=int(asked), stateful_step_count=STEPS, print_blob=True)
    is_full = settings().max_examples >= 1000
    return settings(max_examples=full if is_full else few, stateful_step_count=STEPS if is_full else FEW_STEPS)
