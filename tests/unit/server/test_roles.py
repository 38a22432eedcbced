"""Roles by name, where a server names none (RFC 6154)."""

from __future__ import annotations

from typing import Literal
from unicodedata import normalize

import pytest

from mailhelper_core.model.source.remote import RemoteMailbox
from mailhelper_core.server.roles import with_named_roles

ROLES = ["trash", "sent", "drafts", "junk", "archive"]


@pytest.mark.parametrize(
    "names",
    [
        ["Papierkorb", "Gesendet", "Entwürfe", "Unerwünscht", "Archiv"],
        ["Corbeille", "Envoyés", "Brouillons", "Courrier indésirable", "Archives"],
        ["Papelera", "Enviados", "Borradores", "Correo no deseado", "Archivo"],
        ["Cestino", "Posta inviata", "Bozze", "Posta indesiderata", "Archivio"],
        ["Lixeira", "Itens Enviados", "Rascunhos", "Lixo Eletrônico", "Arquivo"],
        ["Prullenbak", "Verzonden items", "Concepten", "Ongewenste e-mail", "Archief"],
        ["Kosz", "Wysłane", "Kopie robocze", "Wiadomości-śmieci", "Archiwum"],
        ["Корзина", "Отправленные", "Черновики", "Спам", "Архив"],
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("prefix", ["", "INBOX."])
def test_the_usual_names_have_their_roles(names: list[str], form: Literal["NFC", "NFD"], prefix: str) -> None:
    mailboxes = [RemoteMailbox(prefix + normalize(form, name), ".") for name in names]

    assert [one.role for one in with_named_roles(mailboxes)] == ROLES


def test_a_name_that_only_begins_so_has_no_role() -> None:
    assert [one.role for one in with_named_roles([RemoteMailbox("Corbeille 2019", "/")])] == [""]
