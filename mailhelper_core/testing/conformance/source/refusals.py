"""What must be refused is: by an error of the right kind, which says whether trying again can help."""

from __future__ import annotations

from collections.abc import Callable

UNKNOWN = "raise it with code='no_mailbox' and transient=False"
READ_ONLY = "raise it with code='read_only' and transient=False"


def must_raise(kind: type[Exception], where: str, call: Callable[[], object], advice: str) -> None:
    """Check that a call raises an error of this kind."""
    try:
        call()
    except kind:
        return
    except Exception as exc:
        raise AssertionError(f"{where} raised {type(exc).__name__}, not {kind.__name__}; {advice}") from exc
    raise AssertionError(f"{where} raised nothing, where it must raise {kind.__name__}; {advice}")
