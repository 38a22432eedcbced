"""The transport under the clients of OpenAI and Anthropic: our exchange, with its one deadline for everything."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from mailhelper_core.ai.providers.http import exchange
from mailhelper_core.errors import ProviderError

_DEFAULT_SECONDS = 60.0
# What our exchange has dealt with already.
_OWN = frozenset(("content-encoding", "content-length", "content-type", "transfer-encoding", "connection"))

_is_asking: ContextVar[bool] = ContextVar("mailhelper_is_asking", default=False)


def require(extra: str) -> None:
    """Raise ProviderError when the library of an extra is not installed."""
    if find_spec(extra) is None:
        problem = f"This provider needs `pip install mailhelper[{extra}]`."
        raise ProviderError(problem, code="no_extra", transient=False)


def keep_quiet(library: str) -> None:
    """Let a library log nothing at DEBUG while it asks for us: it would log whole requests, which hold mail."""
    logging.getLogger(f"{library}._base_client").addFilter(_is_harmless)


def _is_harmless(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG or not _is_asking.get()


class Deadline:
    """Carries out an httpx request within the time that it was given for the whole of it."""

    def __init__(self, make_response: Callable[..., object]) -> None:
        self._make_response = make_response

    def handle_request(self, request: Any) -> object:
        """Send a request and answer the library's own response."""
        timeout = request.extensions.get("timeout", {}).get("read") or _DEFAULT_SECONDS
        headers = {name: value for name, value in request.headers.items() if name.lower() != "accept-encoding"}
        body = request.read() or None
        answer = exchange(request.method, str(request.url), headers=headers, body=body, seconds=timeout)
        kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in _OWN]
        # Some servers forget to say that JSON is JSON, and the libraries then hand back text.
        return self._make_response(
            answer.status, headers=[*kept, ("content-type", "application/json")], content=answer.body
        )

    def close(self) -> None:
        """Nothing stays open between requests."""


def http_client() -> object:
    """Make the HTTP client that both libraries take; it opens nothing."""
    httpx = import_module("httpx2")
    return httpx.Client(transport=Deadline(httpx.Response))


@contextmanager
def translated(*errors: type[Exception]) -> Iterator[None]:
    """Raise our own error that a library has wrapped; what else it finds wrong is an answer of another shape."""
    token = _is_asking.set(True)
    try:
        yield
    except ProviderError:
        raise
    except errors as exc:
        cause: BaseException | None = exc
        while cause is not None and not isinstance(cause, ProviderError):
            cause = cause.__cause__ or cause.__context__
        if cause is not None:
            raise cause from exc
        problem = "The service's answer is not what its protocol says."
        raise ProviderError(problem, code="shape", transient=False) from exc
    finally:
        _is_asking.reset(token)
