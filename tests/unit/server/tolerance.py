"""What the readers of foreign octets may raise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mailhelper_core.errors import ServerError


@contextmanager
def only_protocol_errors() -> Iterator[None]:
    """Let the protocol error pass, and nothing else."""
    try:
        yield
    except ServerError as error:
        if error.code != "protocol":
            raise
