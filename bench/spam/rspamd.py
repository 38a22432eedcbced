"""rspamd's Bayes from its Debian package, alone: no rules, no network, tokens in a Redis of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from bench.spam.mails import Mail
from tests.servers.process import free_port
from tests.servers.redis import new_redis

READY_SECONDS = 20.0
# What it says without any word learned, as a score between ham (below) and spam (above).
UNKNOWN = 0.0
# Its defaults but for what keeps it silent at first (200 mails of each kind), and for its refusal to learn what it
# thinks it knows: all learners here are told of every mail.
SETTINGS = """
options {{ pidfile = "{folder}/pid"; filters = ""; control_socket = "{folder}/control"; temp_dir = "{folder}";
  hs_cache_dir = "{folder}"; disable_hyperscan = true; words_decay = 600;
  classify_headers = ["User-Agent", "X-Mailer", "Content-Type", "X-MimeOLE"];
  url_tld = "/usr/share/rspamd/effective_tld_names.dat";
  dns {{ nameserver = ["127.0.0.1:9"]; timeout = 0.1s; retransmits = 1; }} }}
lua = "{folder}/meta.lua";
logging {{ type = "file"; filename = "{folder}/log"; level = "warning"; }}
worker "controller" {{ bind_socket = "127.0.0.1:{port}"; secure_ip = ["127.0.0.1"]; count = 1; }}
actions {{ reject = 1000000000; }}
group "statistics" {{ symbols = {{ "BAYES_SPAM" {{ weight = 1000000; }} "BAYES_HAM" {{ weight = -1000000; }} }} }}
classifier "bayes" {{
  tokenizer {{ name = "osb"; }} cache {{ }} new_schema = true; min_tokens = 11; min_learns = 1;
  backend = "redis"; servers = "127.0.0.1:{redis}"; timeout = 10s;
  statfile {{ symbol = "BAYES_HAM"; spam = false; }} statfile {{ symbol = "BAYES_SPAM"; spam = true; }}
}}
"""


class Rspamd:
    """One worker, asked and taught over HTTP, as its own client does."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def score(self, mail: Mail) -> float:
        """Answer how much it takes a mail for spam, below 0 for ham; the weight keeps digits that JSON rounds away."""
        symbols = self._post("/checkv2", mail.raw).get("symbols", {})
        found: list[float] = [one["score"] for name, one in symbols.items() if name in ("BAYES_SPAM", "BAYES_HAM")]
        return sum(found) if found else UNKNOWN

    def learn(self, mail: Mail) -> None:
        """Teach it one mail."""
        self._post("/learnspam" if mail.is_spam else "/learnham", mail.raw)

    def _post(self, path: str, raw: bytes) -> dict[str, dict[str, dict[str, float]]]:
        self._connection.request("POST", path, body=raw)
        answer: dict[str, dict[str, dict[str, float]]] = json.loads(self._connection.getresponse().read() or b"{}")
        return answer


def online(mails: Sequence[Mail]) -> list[float]:
    """Answer rspamd's score of each mail before it learns from it."""
    with running() as peer:
        found = []
        for mail in mails:
            found.append(peer.score(mail))
            peer.learn(mail)
    return found


@contextmanager
def running() -> Iterator[Rspamd]:
    """Yield an rspamd that knows nothing."""
    redis = new_redis()
    redis.start()
    port = free_port()
    try:
        with tempfile.TemporaryDirectory(prefix="bench-rspamd-") as folder:
            Path(folder, "conf").write_text(SETTINGS.format(folder=folder, port=port, redis=redis.port), "utf-8")
            Path(folder, "meta.lua").write_text('require "global_functions" ()\n', "utf-8")  # features of the header
            command = ["rspamd", "--no-fork", "--insecure", "--config", str(Path(folder, "conf"))]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
            try:
                _wait(port)
                yield Rspamd(port)
            finally:
                process.terminate()
                process.wait()
    finally:
        redis.stop()


def _wait(port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("rspamd does not start")
