"""Files of mails: whatever they are and are called, a browser keeps them and opens nothing."""

from __future__ import annotations

from email.message import EmailMessage
from urllib.parse import quote

import pytest
from werkzeug.http import parse_options_header

from examples.flask_host.tests.browser import Browser
from mailhelper_core import OwnerServices
from mailhelper_core.testing import ImapServer

PAGE = b"<!doctype html><script>alert(1)</script>\r\n\x00\xff"
# What a mail calls its file: what the browser may call it.
NAMES = {
    "offer.pdf": "offer.pdf",
    "Größe 10 € – 日本.txt": "Größe 10 € – 日本.txt",
    "../../etc/passwd": "passwd",
    "..\\..\\Windows\\evil.exe": "evil.exe",
    "/etc/": "attachment-0",
    "..": "attachment-0",
    "gnp\u202egpj.exe": "gnpgpj.exe",
    'a";filename=evil.html;x=".txt': 'a";filename=evil.html;x=".txt',
    "line\r\nSet-Cookie: a=b.txt": "line Set-Cookie: a=b.txt",
    "bell\x07\x1b[0m.txt": "bell[0m.txt",
    f"{'x' * 400}.html": f"{'x' * 100}.html",
    ".htaccess": "htaccess",
    "<img src=x onerror=alert(1)>.svg": "<img src=x onerror=alert(1)>.svg",
}


@pytest.fixture(scope="module")
def files(synced: OwnerServices, imap_server: ImapServer) -> dict[str, int]:
    """The message of each name: a page, in a part that says it is one."""
    inbox = imap_server.store.user("ada").mailbox("INBOX")
    for number, name in enumerate(NAMES):
        inbox.append(_mail(number, name))
    synced.sync(synced.accounts.list()[0].id)
    return {name: synced.search(f"subject=file{number}", limit=1)[0].id for number, name in enumerate(NAMES)}


def _mail(number: int, name: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = "a@files.example", f"file{number}", f"<{number}@files.example>"
    mail.set_content("See the file.")
    mail.add_attachment(PAGE, maintype="text", subtype="html", filename="NAME")
    # As hostile programs write it: percent-encoded, with all of its octets.
    return mail.as_bytes().replace(b'filename="NAME"', f"filename*=utf-8''{quote(name, safe='')}".encode())


@pytest.mark.parametrize("name", NAMES)
def test_a_file_keeps_its_octets_and_is_never_opened(ada: Browser, files: dict[str, int], name: str):
    answer = ada.get(f"/mail/{files[name]}/attachment/0")

    assert (answer.status_code, answer.data) == (200, PAGE)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.getlist("Set-Cookie") == []


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_file_name_is_no_path_and_no_header(ada: Browser, files: dict[str, int], name: str):
    (said,) = ada.get(f"/mail/{files[name]}/attachment/0").headers.getlist("Content-Disposition")

    disposition, options = parse_options_header(said)
    assert disposition == "attachment"
    assert options == {"filename": NAMES[name]}
    assert said.isascii()
    assert said.isprintable()
