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


def can_take(function: Callable[..., Any], count: int, *, context: bool = False) -> bool:
    """Say whether a function can be called with so many arguments, and with a context where it takes one."""
    try:
        # Of a decorated function what is called, not what it stands for: some decorators hand in more.
        signature = inspect.signature(function, follow_wrapped=False)
    except (TypeError, ValueError):  # a function of C that does not say
        return True
    given = count + 1 if context and takes_context(function, count + 1) else count
    try:
        signature.bind(*range(given))
    except TypeError:
        return False
    return True


def parameters_of(function: Callable[..., Any]) -> str:
    """Answer the parameters of a function as they are written, without annotations: `(message, size=3)`."""
    signature = inspect.signature(function, follow_wrapped=False)
    plain = [one.replace(annotation=one.empty) for one in signature.parameters.values()]
    return str(inspect.Signature(plain))
