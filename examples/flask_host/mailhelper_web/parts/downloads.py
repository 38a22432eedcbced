"""Files of mails: whatever they are and are called, a browser keeps them and opens nothing."""

from __future__ import annotations

import unicodedata
from contextlib import AbstractContextManager, nullcontext
from urllib.parse import quote

from flask import Response, make_response

from mailhelper_core import OwnerServices
from mailhelper_web.safety.elsewhere import asking_elsewhere

_DOWNLOAD_POLICY = "default-src 'none'; sandbox"


def place_for_body(ada: OwnerServices, message_id: int, *, owner: str = "") -> AbstractContextManager[None]:
    """Hold a place for a message whose body is still to be fetched from its server; what is here needs none.

    It is the place of the user who is logged in, or of another owner.
    """
    is_elsewhere = ada.messages.get(message_id).parse_status == "headers_only"
    return asking_elsewhere(owner) if is_elsewhere else nullcontext()


def as_download(data: bytes, name: str) -> Response:
    """Answer octets as a file to keep, whatever they are and whoever named it."""
    response = make_response(data)
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers.set("Content-Disposition", "attachment", **_as_options(_file_name(name)))
    response.headers["Content-Security-Policy"] = _DOWNLOAD_POLICY
    return response


def _as_options(name: str) -> dict[str, str]:
    """Answer how a header says a name: headers are ASCII, others go as RFC 8187 says, beside what is left in ASCII."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": name} if plain == name else {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}


def _file_name(name: str) -> str:
    """Answer a name without folders, controls and marks that turn the reading direction; at most 120 characters."""
    plain = "".join(char for char in name.replace("\\", "/").rpartition("/")[2] if char.isprintable())
    stem, dot, ending = plain.strip(" .").rpartition(".")
    kept = f"{stem[:100]}{dot}{ending[:19]}" if dot else ending[:120]
    return kept or "attachment"
