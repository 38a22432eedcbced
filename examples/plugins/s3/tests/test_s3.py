"""Raw messages lie in a bucket, under requests that are signed as AWS's own example is."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import mailhelper_s3 as plugin
import pytest

from mailhelper_core import ConfigError, MailHelper, Settings
from mailhelper_core.testing import Environment, MailboxGenerator, check_blob_store

NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
ACCESS, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


class _Store(ThreadingHTTPServer):
    daemon_threads = True
    objects: dict[str, bytes]


class _Handler(BaseHTTPRequestHandler):
    """An object store that takes only what is signed."""

    server: _Store

    def do_PUT(self) -> None:
        data = self._checked()
        if data is not None:
            self.server.objects[self.path] = data
            self._answer(200)

    def do_GET(self) -> None:
        if self._checked() is not None:
            found = self.server.objects.get(self.path)
            code = b"NoSuchKey" if self.path.startswith("/mail/") else b"NoSuchBucket"
            missing = b"<Error><Code>%s</Code></Error>" % code
            self._answer(404 if found is None else 200, missing if found is None else found)

    def do_DELETE(self) -> None:
        if self._checked() is not None:
            self.server.objects.pop(self.path, None)
            self._answer(204)

    def _checked(self) -> bytes | None:
        data = self.rfile.read(int(self.headers.get("content-length", 0)))
        names = ("host", "x-amz-content-sha256", "x-amz-date")
        signed = {name: self.headers[name] for name in names}
        right = plugin.authorization(self.command, self.path, signed, "eu-1", ACCESS, SECRET)
        if self.headers["authorization"] == right and signed["x-amz-content-sha256"] == sha256(data).hexdigest():
            return data
        self._answer(403)
        return None

    def _answer(self, status: int, data: bytes = b"") -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Store]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with _Store(("127.0.0.1", 0), _Handler) as server:
        server.objects = {}
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _url(store: _Store) -> str:
    return f"s3://mail/raw?endpoint=http://127.0.0.1:{store.server_port}&region=eu-1"


def test_the_store_keeps_its_contract(store: _Store) -> None:
    check_blob_store(plugin.open_bucket(_url(store)), reopened=plugin.open_bucket(_url(store)))

    assert store.objects == {}


def test_a_bucket_that_is_not_there_has_lost_nothing(store: _Store) -> None:
    with pytest.raises(OSError, match="404"):
        plugin.open_bucket(_url(store).replace("//mail/", "//mial/")).get("owner/key")


def test_raw_messages_lie_in_the_bucket(store: _Store, tmp_path: Path) -> None:
    with Environment.start(tmp_path, plugins=(plugin,), contents=_url(store)) as env:
        MailboxGenerator(seed=1).fill(env.server.store.user("ada"), count=10)

        env.ada.sync(env.account.id)

        raws = {env.ada.messages.raw(message.id) for message in env.ada.search("")}
        assert len(raws) == len(store.objects) > 0
        assert all(path.startswith("/mail/raw/") for path in store.objects)


def test_the_signature_of_amazons_example_comes_out() -> None:
    # "Signature Calculations for the Authorization Header", Amazon S3 API Reference: GET Object.
    headers = {
        "host": "examplebucket.s3.amazonaws.com",
        "range": "bytes=0-9",
        "x-amz-content-sha256": sha256(b"").hexdigest(),
        "x-amz-date": "20130524T000000Z",
    }

    said = plugin.authorization("GET", "/test.txt", headers, "us-east-1", ACCESS, SECRET)

    assert said.endswith("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")


@pytest.mark.parametrize("missing", NAMES)
def test_a_key_that_is_not_there_is_named(missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "x")
    monkeypatch.delenv(missing)

    with pytest.raises(ConfigError, match=f"Set the environment variable {missing} "):
        MailHelper(Settings(f"sqlite:///{tmp_path}/mail.db", contents="s3://mail/raw"), plugins=(plugin,))
