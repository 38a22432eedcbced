"""Which mailbox plays which role: special-use attributes first (RFC 6154), well-known names else. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from unicodedata import normalize

from mailhelper_core.model.source.remote import MailboxRole, RemoteMailbox

_BY_ATTRIBUTE: dict[str, MailboxRole] = {
    "\\all": "all",
    "\\allmail": "all",
    "\\archive": "archive",
    "\\drafts": "drafts",
    "\\flagged": "flagged",
    "\\starred": "flagged",
    "\\inbox": "inbox",
    "\\junk": "junk",
    "\\spam": "junk",
    "\\sent": "sent",
    "\\trash": "trash",
}
# What servers and clients create in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish and Russian,
# lower case and NFC; the first name that exists wins.
_NAMES: dict[MailboxRole, tuple[str, ...]] = {
    "archive": (
        "archive", "archives", "archiv", "archivo", "archivos", "archivio", "arquivo", "arquivo morto", "archief",
        "archiwum", "архив",
    ),
    "drafts": (
        "drafts", "draft", "entwürfe", "brouillons", "borradores", "bozze", "rascunhos", "concepten", "kopie robocze",
        "wersje robocze", "szkice", "черновики",
    ),
    "junk": (
        "junk", "spam", "junk e-mail", "junk email", "bulk mail", "spamverdacht", "unerwünscht", "courrier indésirable",
        "indésirables", "pourriel", "correo no deseado", "posta indesiderata", "lixo eletrônico", "lixo eletrónico",
        "ongewenste e-mail", "ongewenst", "wiadomości-śmieci", "niechciane", "нежелательная почта", "спам",
    ),
    "sent": (
        "sent", "sent items", "sent messages", "sent mail", "gesendet", "gesendete objekte", "gesendete elemente",
        "envoyés", "messages envoyés", "éléments envoyés", "enviados", "elementos enviados", "mensajes enviados",
        "inviati", "posta inviata", "itens enviados", "mensagens enviadas", "verzonden", "verzonden items",
        "verzonden berichten", "wysłane", "elementy wysłane", "отправленные",
    ),
    "trash": (
        "trash", "deleted items", "deleted messages", "papierkorb", "gelöschte objekte", "gelöschte elemente",
        "corbeille", "éléments supprimés", "papelera", "papelera de reciclaje", "elementos eliminados", "cestino",
        "posta eliminata", "elementi eliminati", "lixeira", "lixo", "itens excluídos", "itens eliminados",
        "prullenbak", "prullenmand", "verwijderde items", "kosz", "elementy usunięte", "корзина", "удаленные",
        "удалённые",
    ),
}  # fmt: skip


def role_of(attributes: Iterable[str]) -> MailboxRole:
    """Answer the role that LIST attributes name."""
    roles = (_BY_ATTRIBUTE.get(attribute.lower()) for attribute in attributes)
    return next((role for role in roles if role), "")


def with_named_roles(mailboxes: Sequence[RemoteMailbox]) -> tuple[RemoteMailbox, ...]:
    """Give each role that no attribute named to one mailbox with a well-known name."""
    taken = {mailbox.role for mailbox in mailboxes}
    by_name: dict[str, RemoteMailbox] = {}
    for mailbox in sorted(mailboxes, key=lambda box: box.name):
        if mailbox.selectable and not mailbox.role and not _depth(mailbox):
            by_name.setdefault(_last_name(mailbox), mailbox)
    given: dict[str, MailboxRole] = {"INBOX": "inbox"} if "inbox" not in taken else {}
    for role, names in _NAMES.items():
        found = next((by_name[name] for name in names if name in by_name), None)
        if found and role not in taken:
            given[found.name] = role
    return tuple(replace(box, role=given[box.name]) if box.name in given else box for box in mailboxes)


def _depth(mailbox: RemoteMailbox) -> int:
    """Count the levels above; those of INBOX and [Gmail] do not count: servers put everything there."""
    if not mailbox.delimiter:
        return 0
    levels = mailbox.name.split(mailbox.delimiter)
    return len(levels) - 1 - (len(levels) > 1 and levels[0].upper() in ("INBOX", "[GMAIL]", "[GOOGLE MAIL]"))


def _last_name(mailbox: RemoteMailbox) -> str:
    name = mailbox.name.rpartition(mailbox.delimiter)[2] if mailbox.delimiter else mailbox.name
    return name.lower() if name.isascii() else normalize("NFC", name).casefold()  # some clients send the marks apart
