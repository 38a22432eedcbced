"""A model provider that is a program: the question goes to its standard input, what it prints is the answer.

MAILHELPER_COMMAND_MODEL holds the command, such as `llm -m mistral` or `ollama run llama3.2`; no shell reads it.
"""

from __future__ import annotations

import os
import selectors
import shlex
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import IO

from mailhelper_core import Completion, CompletionRequest, ConfigError, Provider, ProviderError, hookimpl

VARIABLE = "MAILHELPER_COMMAND_MODEL"
# "1" says to owners that nothing leaves this machine; only the host can know.
LOCAL_VARIABLE = "MAILHELPER_COMMAND_MODEL_LOCAL"
# Far above the longest answer that anybody asks for.
MAX_OCTETS = 1_000_000
# How often it is looked whether a program has ended that is silent.
_LOOK_SECONDS = 0.05


@hookimpl
def register_providers() -> Sequence[Provider]:
    """Answer the provider; none without a command. Raises ConfigError for one that cannot be read."""
    try:
        words = tuple(shlex.split(os.environ.get(VARIABLE, "")))
    except ValueError as exc:
        raise ConfigError(f"{VARIABLE} cannot be read: a quotation mark is open.") from exc
    if not words:
        return []
    command, local = Command(words), os.environ.get(LOCAL_VARIABLE) == "1"
    return [Provider("command", command.complete, model=os.path.basename(words[0]), local=local)]


@dataclass(frozen=True, slots=True)
class Command:
    """A program that answers one question a run. It counts no tokens, so that the most there can be are charged."""

    words: tuple[str, ...]

    def complete(self, request: CompletionRequest) -> Completion:
        """Run the program. Raises ProviderError; none shows what went in or came out."""
        question = f"{request.instructions}\n\n{request.text}\n".encode("utf-8", "replace")
        try:
            # A session of its own, so that what it has started ends with it.
            process = subprocess.Popen(
                self.words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        except OSError as exc:
            raise ProviderError("The model's program cannot be run.", code="unreachable", transient=False) from exc
        answer = _exchanged(process, question, request.timeout_seconds)
        if process.returncode != 0:
            raise ProviderError(f"The model's program ended with {process.returncode}.", code="service")
        return Completion(answer.decode("utf-8", "replace").strip(), os.path.basename(self.words[0]))


def _exchanged(process: subprocess.Popen[bytes], question: bytes, seconds: float) -> bytes:
    until = monotonic() + seconds
    try:
        answer = _spoken(process, question, until)
        process.wait(max(0.0, until - monotonic()))
        return answer
    except subprocess.TimeoutExpired:
        raise ProviderError("The model's program took too long.", code="timeout") from None
    finally:
        _kill(process)
        process.wait()
        for file in (process.stdin, process.stdout):
            with suppress(OSError):
                file.close()  # type: ignore[union-attr]


def _spoken(process: subprocess.Popen[bytes], question: bytes, until: float) -> bytes:
    """Write the question and read the answer, until the program has closed its output or has ended.

    What it has started may have gone its own way (a server in the background), and keep both pipes open for ever: no
    read and no write waits for them.
    """
    assert process.stdin is not None  # noqa: S101 - they were asked for
    assert process.stdout is not None  # noqa: S101
    answer, rest = bytearray(), memoryview(question)
    with selectors.DefaultSelector() as waiting:
        for file, event in ((process.stdin, selectors.EVENT_WRITE), (process.stdout, selectors.EVENT_READ)):
            os.set_blocking(file.fileno(), False)
            waiting.register(file, event)
        while len(answer) <= MAX_OCTETS:
            if monotonic() >= until:
                raise subprocess.TimeoutExpired(process.args, 0.0)
            has_ended = process.poll() is not None  # before the look: what it wrote last is seen by that
            ready = {key.fileobj for key, _ in waiting.select(_LOOK_SECONDS)}
            if process.stdin in ready:
                rest = _fed(waiting, process.stdin, rest)
            if process.stdout in ready:
                octets = os.read(process.stdout.fileno(), 65_536)
                if not octets:
                    return bytes(answer)
                answer += octets
            elif has_ended and not ready:
                return bytes(answer)
    raise ProviderError("The model's answer is far too long.", code="shape", transient=False)


def _fed(waiting: selectors.BaseSelector, stdin: IO[bytes], rest: memoryview) -> memoryview:
    """Write what the pipe takes, and answer what is left; a program that reads no more may still answer."""
    try:
        rest = rest[os.write(stdin.fileno(), rest) :]
    except BlockingIOError:
        return rest
    except OSError:
        rest = rest[:0]
    if not rest:
        waiting.unregister(stdin)
        stdin.close()
    return rest


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
