"""`ada.messages`: read messages, and do something to them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from mailhelper_core.actions.commands import MessageCommands
from mailhelper_core.app.session import failures_noted, opened, require_rest_over
from mailhelper_core.app.wiring import Wiring
from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.door import guarded
from mailhelper_core.model.mind.meaning import RankedMessage
from mailhelper_core.read.service import AttachmentContent, ReadService
from mailhelper_core.read.shown import shown_html
from mailhelper_core.search.meaning.service import MeaningSearch
from mailhelper_core.store.mail import accounts, messages
from mailhelper_core.sync.late import BodyService


@guarded
@dataclass(frozen=True)
class MessageServices(ReadService, MessageCommands):
    """Reading and commands under one name; a body that was not fetched yet is fetched when it is wanted."""

    wiring: Wiring
    meaning: MeaningSearch

    def raw(self, message_id: int) -> bytes:
        """Answer the octets as the source served them; fetched now where only the header was (`headers_only`).

        Raises ServerError when the source cannot be reached for that, NotFoundError when it has the message no longer.
        """
        try:
            return super().raw(message_id)
        except NotFoundError as exc:
            if exc.code != "no_body":
                raise
        self._complete(message_id)
        return super().raw(message_id)

    def html(self, message_id: int, *, remote_images: bool = False) -> str:
        """Answer HTML that is safe to show: no scripts, no forms, nothing loaded unless remote_images.

        It is kept for some minutes. Raises as `raw`.
        """
        with self.owner.read() as uow:
            digest, raw, kept = messages.digest(uow, message_id), None, None
            if digest is not None:
                kept = self.wiring.shown.get((uow.owner_id, digest, remote_images))
                if kept is None:
                    digest, raw = messages.content(uow, message_id)
        if kept is not None:
            return kept
        html = shown_html(self.raw(message_id) if raw is None else raw, remote_images=remote_images)
        if digest is not None:
            self.wiring.shown.put((uow.owner_id, digest, remote_images), html)
        return html

    def attachment(self, message_id: int, number: int) -> AttachmentContent:
        """Answer an attachment by its index in `MessageDetail.attachments`. Raises as `raw`."""
        self._complete(message_id)
        return super().attachment(message_id, number)

    def similar(self, message_id: int, *, limit: int = 10) -> tuple[RankedMessage, ...]:
        """Answer the messages that are most like one, best first.

        Raises NotFoundError, ConflictError while there are no vectors, ConfigError without numpy.
        """
        return self.meaning.similar(message_id, limit=limit)

    def _complete(self, message_id: int) -> None:
        bodies = BodyService(self.owner)
        account_id, places = bodies.places(message_id)
        if not places or self.owner.is_joined:  # no connection is made inside a transaction
            return
        with self.owner.read() as uow:
            account = accounts.get(uow, self.owner.owner, account_id)
        require_rest_over(self.owner, account)
        with failures_noted(self.owner, account):
            session = opened(self.wiring, self.owner, account)
        with closing(session):
            bodies.fetch(account_id, places, session)
