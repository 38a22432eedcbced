"""StyleService: how an owner writes, said by the owner or learned from sent mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.ai.reply import TONES, ReplyStyle, WritingHabits
from mailhelper_core.model.door import guarded
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mail.text import clean_text
from mailhelper_core.replies.habits import habits
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.mail.readable import readable
from mailhelper_core.store.mind import replies
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork

LANGUAGES = ("de", "en")
# Sent mails that habits are read from.
SENT_MAILS = 60
_MAX_CHARACTERS = 2_000


@guarded
@dataclass(frozen=True, slots=True)
class StyleService:
    """The styles of one owner."""

    owner: OwnerStore

    def set(self, style: ReplyStyle) -> ReplyStyle:
        """Keep a style in place of the one for the same account, tone and language; answer it as it is kept.

        Line ends become LF (browsers send CR LF), and control characters go. Raises NotFoundError for an unknown
        account, InvalidError for an unknown tone or language, or too long a text.
        """
        if style.tone not in ("", *TONES) or style.language not in ("", *LANGUAGES):
            raise InvalidError(f"A tone is one of {', '.join(TONES)}, a language one of {', '.join(LANGUAGES)}.")
        kept = replace(
            style,
            salutation=clean_text(style.salutation),
            closing=clean_text(style.closing),
            signature=clean_text(style.signature),
            instructions=clean_text(style.instructions),
        )
        texts = (kept.salutation, kept.closing, kept.signature, kept.instructions)
        if any(len(text) > _MAX_CHARACTERS for text in texts):
            raise InvalidError(f"Each text of a style has at most {_MAX_CHARACTERS} characters.", code="style")
        with self.owner.begin() as uow:
            if kept.account_id:
                accounts.get(uow, self.owner.owner, kept.account_id)
            replies.set_style(uow, kept)
        return kept

    def list(self) -> tuple[ReplyStyle, ...]:
        """Answer the styles that were said."""
        with self.owner.read() as uow:
            return tuple(replies.styles(uow))

    def remove(self, *, account_id: int = 0, tone: str = "", language: str = "") -> bool:
        """Forget a style; answer whether there was one."""
        with self.owner.begin() as uow:
            return replies.remove_style(uow, account_id, tone, language)

    def learned(self, account_id: int, *, tone: str = "") -> WritingHabits:
        """Answer how the owner begins and ends mails of an account, as the sent ones say; of a tone, those like it.

        Raises NotFoundError, InvalidError for an unknown tone.
        """
        if tone not in ("", *TONES):
            raise InvalidError(f"A tone is one of {', '.join(TONES)}.", code="tone")
        with self.owner.read() as uow:
            return habits(sent(uow, self.owner.owner, account_id), tone=tone)


def sent(uow: UnitOfWork, owner: str, account_id: int) -> list[MessageDetail]:
    """Answer the newest mails that the owner wrote from an account, those that can be read."""
    account = accounts.get(uow, owner, account_id)
    addresses = sorted(account.addresses | ({account.username} if "@" in account.username else set()))
    found, _ = readable(uow, replies.sent_ids(uow, account_id, addresses, SENT_MAILS))
    return found


def merged(styles: Sequence[ReplyStyle], account_id: int, tone: str, language: str) -> ReplyStyle:
    """Answer the style that holds: each text from the narrowest style that says one; pure."""
    fitting = [
        one
        for one in styles
        if one.account_id in (0, account_id) and one.tone in ("", tone) and one.language in ("", language)
    ]
    fitting.sort(key=lambda one: (bool(one.account_id), bool(one.tone), bool(one.language)))
    texts = {
        name: next((value for one in reversed(fitting) if (value := getattr(one, name))), "")
        for name in ("salutation", "closing", "signature", "instructions")
    }
    return ReplyStyle(account_id, tone, language, **texts)
