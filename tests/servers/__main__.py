"""Make sure that the real servers are installed: `python -m tests.servers [--allow-missing-servers]`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import chromium, dovecot, postgres, redis, sieve
from tests.servers.process import MissingServerError

POLICY = Path("/usr/sbin/policy-rc.d")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that tests need: how it is found, and what installs it."""

    find: Callable[[], object]
    package: str
    needed_by: str


SERVERS = (
    Server(postgres.find_programs, postgres.PACKAGE, "the store's contract on PostgreSQL"),
    Server(redis.find_program, redis.PACKAGE, "jobs done by Celery workers"),
    Server(dovecot.find_program, dovecot.PACKAGE, "the IMAP client's contract on Dovecot"),
    Server(chromium.find_program, chromium.PACKAGE, "the pages of the web host"),
    Server(sieve.find_program, sieve.PACKAGE, "the Sieve interpreter's contract"),
)


def main(arguments: list[str]) -> int:
    """Install what is missing where we may; else say what is missing. Answers the exit status."""
    if _missing() and os.geteuid() == 0 and shutil.which("apt-get"):
        _install([server.package for server, _ in _missing()])
    missing = _missing()
    for server, reason in missing:
        print(f"{reason}; without it these tests cannot run: {server.needed_by}", file=sys.stderr)
    if missing and "--allow-missing-servers" not in arguments:
        print("Install it, or give --allow-missing-servers to run the other tests.", file=sys.stderr)
        return 1
    return 0


def _missing() -> list[tuple[Server, str]]:
    missing = []
    for server in SERVERS:
        try:
            server.find()
        except MissingServerError as error:
            missing.append((server, str(error)))
    return missing


def _install(packages: list[str]) -> None:
    print(f"Installing for the tests: {' '.join(packages)}", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    )
    with no_services_started():
        for command in commands:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                print(f"{' '.join(command)} failed: {done.stderr}", file=sys.stderr)


@contextmanager
def no_services_started() -> Iterator[None]:
    """Keep the packages from starting their own servers: the tests start theirs."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
