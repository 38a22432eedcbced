"""A blob store in an S3 bucket: `Settings(contents="s3://bucket/prefix?endpoint=https://s3.example&region=eu-1")`.

The keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Requests are signed as AWS documents it (Signature
Version 4); the path-style addresses work with other servers of the kind, too.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import parse_qs, quote, urlsplit

from mailhelper_core import BlobStoreType, ConfigError, hookimpl

TIMEOUT_SECONDS = 30.0


@hookimpl
def register_blob_stores() -> Sequence[BlobStoreType]:
    """Answer the store."""
    return [BlobStoreType("s3", ("s3",), open_bucket)]


@dataclass(frozen=True, slots=True)
class Bucket:
    """Objects of one bucket below a prefix; a connection a call, so that any thread may use it."""

    endpoint: str
    name: str
    prefix: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)

    def put(self, key: str, data: bytes) -> None:
        """Write an object; the service has stored it when it says so."""
        self._expect(self._call("PUT", key, data), 200)

    def get(self, key: str) -> bytes:
        """Read an object."""
        status, data = self._call("GET", key)
        if status == 404 and b"<Code>NoSuchBucket</Code>" not in data:  # of a bucket that is not there nothing is lost
            raise KeyError(key)
        self._expect((status, data), 200)
        return data

    def delete(self, key: str) -> None:
        """Delete an object; one that is not there is no error."""
        self._expect(self._call("DELETE", key), 200, 204, 404)

    def _call(self, method: str, key: str, data: bytes = b"") -> tuple[int, bytes]:
        target = urlsplit(self.endpoint)
        path = "/".join(quote(part) for part in ("", self.name, *filter(None, self.prefix.split("/")), *key.split("/")))
        headers = {
            "host": target.netloc,
            "x-amz-content-sha256": sha256(data).hexdigest(),
            "x-amz-date": datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"),
        }
        signature = authorization(method, path, headers, self.region, self.access_key, self.secret_key)
        connect = HTTPSConnection if target.scheme == "https" else HTTPConnection
        connection = connect(target.hostname or "", target.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, data, headers | {"authorization": signature})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _expect(self, answer: tuple[int, bytes], *wanted: int) -> None:
        if answer[0] not in wanted:
            raise OSError(f"the object store answered {answer[0]}")


def open_bucket(url: str) -> Bucket:
    """Open the bucket of a URL; nothing is asked before the first call. Raises ConfigError without keys."""
    target = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(target.query).items()}
    region = options.get("region", "us-east-1")
    endpoint = options.get("endpoint", f"https://s3.{region}.amazonaws.com")
    access_key, secret_key = map(_key, ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
    return Bucket(endpoint, target.netloc, target.path.strip("/"), region, access_key, secret_key)


def _key(name: str) -> str:
    if not (found := os.environ.get(name)):
        raise ConfigError(f"Set the environment variable {name} for the contents at s3:.", code="contents")
    return found


def authorization(
    method: str, path: str, headers: Mapping[str, str], region: str, access_key: str, secret_key: str
) -> str:
    """Answer the Authorization header of a request without a query, as AWS documents it."""
    moment, names = headers["x-amz-date"], ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"{method}\n{path}\n\n{lines}\n{names}\n{headers['x-amz-content-sha256']}"
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    wanted = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{sha256(request.encode()).hexdigest()}"
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), sha256).digest()
    signature = hmac.new(key, wanted.encode(), sha256).hexdigest()
    return f"AWS4-HMAC-SHA256 Credential={access_key}/{scope},SignedHeaders={names},Signature={signature}"
