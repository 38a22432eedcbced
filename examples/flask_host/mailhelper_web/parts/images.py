"""Whether a mail shows images from elsewhere, mostly told by its octets: making it safe takes longer than its page."""

from __future__ import annotations

import re

from mailhelper_core import MessageDetail, OwnerServices

_HTML = re.compile(rb"text/html", re.IGNORECASE)
_IMAGE = re.compile(rb"<img\b", re.IGNORECASE)
# As it is written nearly always, quoted-printable or not.
_REMOTE_IMAGE = re.compile(rb"<img\b[^<>]{0,2000}?\ssrc\s*=(?:3D)?\s*[\"']?https?:", re.IGNORECASE)
_IN_BASE64 = re.compile(rb"base64", re.IGNORECASE)
_SOFT_BREAK = re.compile(rb"=\r?\n")
# As the engine writes what it has made safe; in plain text the signs of HTML are escaped.
_SAFE_IMAGE = re.compile(r'<img [^>]*?src="https?:', re.IGNORECASE)


def may_have_images(ada: OwnerServices, detail: MessageDetail) -> bool:
    """Say whether a message shows images from elsewhere; one whose body is still to be fetched may."""
    if detail.parse_status == "headers_only":
        return True
    raw = ada.messages.raw(detail.id)
    if not _HTML.search(raw):
        return False
    plain = _SOFT_BREAK.sub(b"", raw)
    if _REMOTE_IMAGE.search(plain):
        return True
    if not (_IMAGE.search(plain) or _IN_BASE64.search(plain)):
        return False
    return _SAFE_IMAGE.search(ada.messages.html(detail.id, remote_images=True)) is not None
