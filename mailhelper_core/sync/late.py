"""Fetch the body of one message that was stored without it, because somebody wants to read it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailhelper_core.errors import NotFoundError, ServerError
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.mail import bodies
from mailhelper_core.store.mail.bodies import BodyPlace
from mailhelper_core.store.mail.ingest import NewMessage
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.sync.incoming import belongs, read_metadata, read_whole


@dataclass(frozen=True, slots=True)
class BodyService:
    """Completes messages of one owner; needs no lease, as it writes nothing that a sync writes about the same time."""

    owner: OwnerStore

    def places(self, message_id: int) -> tuple[int, list[BodyPlace]]:
        """Answer the message's account and where its body lies; nowhere when the store has it. Raises NotFoundError."""
        with self.owner.read() as uow:
            return bodies.places(uow, message_id)

    def fetch(self, account_id: int, places: Sequence[BodyPlace], session: MailSession) -> None:
        """Store the body that lies at the first of these places that still is one.

        Raises NotFoundError when none is, ServerError when the server does not give it.
        """
        for place in places:
            message = self._at(place, session)
            if message is not None:
                with self.owner.begin() as uow:
                    bodies.complete(uow, account_id, {place.message_id: message})
                return
        raise NotFoundError("The server has this message no longer where it was; sync the account.", code="no_body")

    def _at(self, place: BodyPlace, session: MailSession) -> NewMessage | None:
        try:
            opened = session.open(place.mailbox)
        except ServerError as exc:
            if exc.code != "no_mailbox":
                raise
            return None
        uids = UidSet.of([place.uid])
        metadata = next(iter(session.metadata(uids)), None)
        if opened.status.uid_validity != place.uid_validity or metadata is None:
            return None
        arrival = read_metadata(metadata)
        raw = next((octets for _, octets in session.bodies(uids)), None)
        if raw is None or not belongs(arrival, raw):
            raise ServerError("the mail server does not give the body of this message", code="no_body")
        return read_whole(arrival, raw, now=self.owner.store.clock())
