"""What a provider's function takes, told by its signature; pure."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def takes_context(function: Callable[..., Any], position: int = 2) -> bool:
    """Say whether a function takes an argument for the context at this position, counted from 1.

    A parameter with a default is somebody's own, unless its name is `context`.
    """
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # a function of C that does not say
        return False
    if any(one.kind is one.VAR_POSITIONAL for one in parameters):
        return True
    positional = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    if len(positional) < position:
        return False
    found = positional[position - 1]
    return found.default is found.empty or found.name == "context"
