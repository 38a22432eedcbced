"""Static files from memory: compressed once, named by their content, cached for ever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from mailhelper_web.look.templates import add_lasting
from mailhelper_web.safety.headers import CONTENT_SECURITY_POLICY

PREFIX = "/static/"
# A year: the address changes with the content (RFC 8246).
_FOR_EVER = "public, max-age=31536000, immutable"
# What is compressed already gains nothing.
_COMPRESSED = (".woff2", ".png")

StartResponse = Callable[[str, list[tuple[str, str]]], object]


@dataclass(frozen=True, slots=True)
class _File:
    plain: bytes
    gzipped: bytes | None
    media_type: str
    version: str


class StaticFiles:
    """Files that are answered before the app, without session or log-in.

    Pages themselves are not compressed: they hold a secret token beside what a stranger wrote (BREACH).
    """

    def __init__(self, folder: Path) -> None:
        self._files: Mapping[str, _File] = {
            PREFIX + path.relative_to(folder).as_posix(): _read(path) for path in folder.rglob("*") if path.is_file()
        }

    def before(self, app: Callable[..., Any]) -> Callable[..., Any]:
        """Answer an app whose files are answered here, and all else by `app`."""

        def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
            found = self._files.get(environ.get("PATH_INFO", ""))
            if found is None or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
                pages: Iterable[bytes] = app(environ, start_response)
                return pages
            return _send(found, environ, start_response)

        return answer

    def url(self, name: str) -> str:
        """Answer the address of a file, which changes with its content."""
        return f"{PREFIX}{name}?v={self._files[PREFIX + name].version}"


def add_static(app: Flask) -> StaticFiles:
    """Read the folder `static`; templates name its files by `static(name)`."""
    files = StaticFiles(Path(__file__).parent.parent / "static")
    add_lasting(app, "static", files.url)
    return files


def _send(found: _File, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    takes_gzip = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    body = found.gzipped if found.gzipped and takes_gzip else found.plain
    headers = [
        ("Content-Type", found.media_type),
        ("Content-Length", str(len(body))),
        ("Cache-Control", _FOR_EVER),
        ("Vary", "Accept-Encoding"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ]
    if body is found.gzipped:
        headers.append(("Content-Encoding", "gzip"))
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _read(path: Path) -> _File:
    plain = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    gzipped = None if path.suffix in _COMPRESSED else gzip.compress(plain, 9, mtime=0)
    return _File(plain, gzipped, media_type, hashlib.sha256(plain).hexdigest()[:12])
