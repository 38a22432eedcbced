"""A model provider that is a program: the question goes to its standard input, what it prints is the answer.

MAILHELPER_COMMAND_MODEL holds the command, such as `llm -m mistral` or `ollama run llama3.2`; no shell reads it.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from mailhelper_core import Completion, CompletionRequest, ConfigError, Provider, ProviderError, hookimpl

VARIABLE = "MAILHELPER_COMMAND_MODEL"
# "1" says to owners that nothing leaves this machine; only the host can know.
LOCAL_VARIABLE = "MAILHELPER_COMMAND_MODEL_LOCAL"
# Far above the longest answer that anybody asks for.
MAX_OCTETS = 1_000_000


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
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        _kill(process)

    timer = threading.Timer(seconds, end)
    timer.start()
    writer = threading.Thread(target=_write, args=(process, question), daemon=True)
    writer.start()
    assert process.stdout is not None  # noqa: S101 - it was asked for
    try:
        answer = process.stdout.read(MAX_OCTETS + 1)
        if len(answer) > MAX_OCTETS:
            raise ProviderError("The model's answer is far too long.", code="shape", transient=False)
        process.wait()
        if is_over.is_set():
            raise ProviderError("The model's program took too long.", code="timeout")
        return answer
    finally:
        timer.cancel()
        _kill(process)
        process.wait()
        process.stdout.close()
        writer.join()


def _write(process: subprocess.Popen[bytes], question: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 - it was asked for
    with suppress(OSError), process.stdin:  # a program that does not read to the end may still answer
        process.stdin.write(question)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
