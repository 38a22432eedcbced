"""What the web host stands on under load: users with mail of their own on an IMAP server, a model that takes time."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from flask_security.utils import hash_password

from bench.children.web.visitor import PASSWORD
from mailhelper_core import Settings
from mailhelper_core.testing import ImapServer, MailboxGenerator, ModelServer, Question
from mailhelper_web import Config, create_app

SECRET = "secret"
# What a model service on a machine of its own takes for two sentences.
MODEL_SECONDS = 0.5
SUMMARY = json.dumps({"summary": "They ask for an answer by Friday."})
# Slices of jobs end within ten seconds.
STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Servers:
    """The mail server and the model service, in a process of their own; what it is asked goes through `pipe`."""

    imap_url: str
    model_url: str
    pipe: Connection

    def append(self, user: int, count: int) -> None:
        """Put so many new mails into a user's inbox."""
        self.pipe.send((user, count))
        self.pipe.recv()

    def summaries(self) -> int:
        """Answer how often the model was asked."""
        self.pipe.send(None)
        answer: int = self.pipe.recv()
        return answer


@contextmanager
def servers(users: int, messages: int) -> Iterator[Servers]:
    """Serve so many users with so many mails each."""
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(theirs, users, messages))
    process.start()
    try:
        imap_url, model_url = mine.recv()
        yield Servers(imap_url, model_url, mine)
    finally:
        mine.send("end")
        process.join()


def _serve(pipe: Connection, users: int, messages: int) -> None:
    names = {_name(number): SECRET for number in range(users)}
    with ImapServer(users=names) as imap, ModelServer(_summarize) as model:
        for number in range(users):
            generator = MailboxGenerator(seed=number % 7, until=datetime.now(UTC))
            generator.fill(imap.store.user(_name(number)), count=messages)
        pipe.send((imap.url, model.url))
        while (asked := pipe.recv()) != "end":
            if asked is None:
                pipe.send(len(model.received))
                continue
            number, count = asked
            inbox = imap.store.user(_name(number)).mailbox("INBOX")
            for mail in MailboxGenerator(seed=11, until=datetime.now(UTC)).mails(count):
                inbox.append(mail.raw)
            pipe.send(None)


def _summarize(_: Question) -> str:
    time.sleep(MODEL_SECONDS)
    return SUMMARY


def _name(number: int) -> str:
    return f"user{number}"


def host_config(folder: Path, servers: Servers) -> Config:
    """Answer how the host works: as by default, but with servers on this machine."""
    providers = folder / "providers.toml"
    providers.write_text(f'[local]\nkind = "ollama"\nurl = "{servers.model_url}"\nmodel = "any"\n')
    return Config(
        f"sqlite:///{folder / 'mail.db'}",
        secret_file=folder / "secret",
        https=False,
        private_hosts=True,
        engine=Settings(providers_file=providers),
    )


def make_users(config: Config, servers: Servers, users: int) -> list[tuple[str, int]]:
    """Make users whose mail is synced and judged, and who allowed summaries; answer their owners and accounts."""
    app = create_app(replace(config, job_threads=0))
    with app.app_context():
        datastore = app.extensions["security"].datastore
        password = hash_password(PASSWORD)
        made = [datastore.create_user(email=f"{_name(one)}@example.org", password=password) for one in range(users)]
        datastore.commit()
        owners = [user.owner for user in made]
    found = []
    for number, owner in enumerate(owners):
        ada = app.extensions["mailhelper"].for_owner(owner)
        account = ada.accounts.add(servers.imap_url, username=_name(number), password=SECRET)
        ada.run(account.id)
        ada.egress.consent(account.id, "summarize", provider="local", level="none")
        found.append((owner, account.id))
    app.extensions["mailhelper"].close()
    app.extensions["engine"].dispose()
    return found


@contextmanager
def serving(config: Config, job_threads: int) -> Iterator[int]:
    """Serve by the host's own command; answer the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {
        **os.environ,
        "MAILHELPER_DATABASE_URL": config.database_url,
        "MAILHELPER_PROVIDERS_FILE": str(config.engine.providers_file),
        "MAILHELPER_WEB_SECRET_FILE": str(config.secret_file),
        "MAILHELPER_WEB_HTTPS": "0",
        "MAILHELPER_WEB_PRIVATE_HOSTS": "1",
        "MAILHELPER_WEB_JOB_THREADS": str(job_threads),
    }
    command = [str(Path(sys.executable).parent / "mailhelper-web"), "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(port)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_SECONDS)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the web host does not start")
