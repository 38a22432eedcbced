"""An owner's desk: a Maildir account to put mail into, and the providers of a model server."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import pytest

from mailhelper_core import MailHelper, Provider, hookimpl, ollama_provider, openai_provider
from mailhelper_core.app.questions import question
from mailhelper_core.egress.gate import Answer
from mailhelper_core.testing import ModelServer

# For modules that no database can make a difference to; each says why.
on_sqlite = pytest.mark.parametrize("url", ["sqlite_database"], indirect=True)
MAIL = (
    "Hello Ada,\n\nplease pay 129,90 EUR to DE89 3704 0044 0532 0130 00 until 2026-03-05, call +49 30 901820 or write "
    "to billing@shop.example. Your order A-10293 waits at https://shop.example/o/10293.\n\nKind regards\nBob Builder\n"
)


class Plugin:
    """Contributes providers."""

    def __init__(self, providers: list[Provider]) -> None:
        self.providers = providers

    @hookimpl
    def register_providers(self) -> list[Provider]:
        return self.providers


class Desk:
    """One owner, one account, two providers: `local` costs nothing, `paid` has a price."""

    def __init__(self, server: ModelServer, folder: Path) -> None:
        self.server = server
        models = {"model": "fast-model", "strong_model": "strong-model", "embedding_model": "embed-model"}
        self.local = ollama_provider("local", server.url, **models)
        self.paid = openai_provider(
            "paid", f"{server.url}/v1", key="k", price_in=1_000_000, price_out=4_000_000, **models
        )

        self.plugin = Plugin([self.local, self.paid])
        self.folder = folder / "maildir"
        for name in ("cur", "new", "tmp"):
            (self.folder / name).mkdir(parents=True)

    def open(self, helper: MailHelper) -> None:
        self.helper = helper
        self.ada = helper.for_owner("ada")
        self.account = self.ada.accounts.add(f"maildir://{self.folder}", username="ada@home.example")

    def mail(
        self,
        subject: str,
        text: str,
        *,
        from_: str = "Bob Builder <bob@shop.example>",
        to: str = "Ada Lovelace <ada@home.example>",
        answers: str = "",
        html: str = "",
        **headers: str,
    ) -> int:
        """Put a mail into the account, sync, and answer its id."""
        message_id = self.put(subject, text, from_=from_, to=to, answers=answers, html=html, **headers)
        self.ada.sync(self.account.id)
        (found,) = self.ada.search(f'message_id:"{message_id}"')
        return found.id

    def put(
        self,
        subject: str,
        text: str,
        *,
        from_: str = "Bob Builder <bob@shop.example>",
        to: str = "Ada Lovelace <ada@home.example>",
        answers: str = "",
        html: str = "",
        **headers: str,
    ) -> str:
        """Put a mail into the account and answer its Message-ID."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = from_, to, subject
        message["Date"] = headers.pop("date", "Mon, 02 Mar 2026 08:00:00 +0000")
        self.message_id = f"<{uuid4().hex}@shop.example>"
        message["Message-ID"] = self.message_id
        if answers:
            message["In-Reply-To"] = message["References"] = answers
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        (self.folder / "cur" / f"{uuid4().hex}:2,").write_bytes(bytes(message))
        return self.message_id

    def wait(self, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
        """Let time pass, by the clock of the process and by that of the store."""
        dispatcher, store = self.ada.egress.gate.dispatcher, self.helper._wiring.store
        clock, later = dispatcher.clock, store.clock() + timedelta(seconds=seconds)
        monkeypatch.setattr(dispatcher, "clock", lambda: clock() + seconds)
        monkeypatch.setattr(store, "clock", lambda: later)

    def ask(self, message_id: int, *, strong: bool = False) -> Answer:
        """Ask the model about a message, as a stage does."""
        gate = self.ada.egress.gate
        return gate.ask(question(gate, message_id, "classify", strong=strong))

    def sent(self) -> str:
        """Everything that left, as one text."""
        return "\n".join(text for one in self.server.questions() for text in (one.instructions, one.text, *one.texts))

    def allow(self, *purposes: str, provider: str = "local", level: str = "pseudonyms") -> None:
        for purpose in purposes:
            self.ada.egress.consent(self.account.id, purpose, provider=provider, level=level)
