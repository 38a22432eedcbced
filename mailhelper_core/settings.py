"""Settings of one MailHelper, from arguments or the environment; every field carries its unit."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from mailhelper_core.errors import ConfigError

DEFAULT_DATABASE_URL = "sqlite:///mail.db"
DEFAULT_POOL_SIZE = 5
# A thread that works on a job needs two connections: for its work, and for the beat that renews its lease.
CONNECTIONS_A_THREAD = 2
# What switches a switch of the environment off.
_OFF = ("", "0")
_SUCH_AS = {"plugins": '("shop",) (modules go to MailHelper(plugins=[...]))', "schemes": '("imap", "imaps")'}


@dataclass(frozen=True, slots=True)
class Settings:
    """How one MailHelper works. The key never shows in repr.

    key: 32 octets, or their base64; key_file: a file holding the base64 of the key.
    providers_file: a TOML file of model providers; without one there are those of plugins.
    plugins: names of installed plugins that may load; None means all of them.
    schemes: URL schemes that owners may add accounts of; None means all that there are. A host with owners who do not
    trust each other leaves out maildir and mbox, which read any path that the process can.
    public_hosts_only: connect to mail servers at public addresses only, for a host whose owners name servers: nobody
    looks around in the operator's network. Sources of plugins hear of it by the option `addresses` = `public`.
    contents: URL of where raw messages lie, such as file:///var/lib/mail; empty means in the database.
    trace_plugins: log every call of a plugin when it begins, and its duration when it returns.
    """

    database_url: str = DEFAULT_DATABASE_URL
    key: str | None = field(default=None, repr=False)
    key_file: str | Path | None = None
    plugins: tuple[str, ...] | None = None
    schema: str | None = None
    schemes: tuple[str, ...] | None = None
    providers_file: str | Path | None = None
    public_hosts_only: bool = False
    contents: str = ""
    trace_plugins: bool = False
    # Connections that a process keeps to its database, and twice as many more for a moment.
    pool_size: int = DEFAULT_POOL_SIZE
    # 500 UIDs is where two commands in flight hide the round trip; more only costs memory.
    fetch_batch_messages: int = 500
    # Octets asked for in one FETCH: bounds memory for large mail.
    fetch_batch_bytes: int = 8_000_000
    # Rows of one write transaction: keeps SQLite's write lock under 30 ms.
    commit_batch_messages: int = 50
    # A server that says nothing for this long is gone.
    server_timeout_seconds: float = 60.0
    lease_seconds: float = 20.0
    # 5 days, after which Postfix gives up a delivery too.
    give_up_seconds: float = 432_000.0
    # Servers without CONDSTORE do not tell about changed flags; all are read again after this long.
    flag_scan_seconds: float = 900.0
    process_batch_messages: int = 100
    # A job gives way to others after so long and goes on in another slice; sooner when other owners wait for a turn.
    job_slice_seconds: float = 60.0
    job_turn_seconds: float = 5.0
    # The first wait after a failure, doubled each time.
    job_retry_seconds: float = 60.0
    # A try may be somebody else's fault (a deploy, a full memory); three in a row at the same place are not.
    job_tries: int = 3
    # Jobs that have ended are kept for so long: a month answers what happened to a sync.
    job_keep_seconds: float = 2_592_000.0
    # Octets of one message of an archive that is taken in, which is held in memory: as many as a mail server may send.
    archive_message_bytes: int = 150_000_000
    # Messages that one rule run may move to trash or junk; the rest waits for the next run, or for a yes.
    destructive_cap: int = 100

    def __post_init__(self) -> None:
        for name in ("plugins", "schemes"):
            value = getattr(self, name)
            if value is not None and not _are_names(value):
                raise ConfigError(f"Settings: {name} takes several names, such as {_SUCH_AS[name]}.")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read MAILHELPER_DATABASE_URL, MAILHELPER_KEY_FILE, MAILHELPER_PLUGINS (names, comma-separated).

        MAILHELPER_PROVIDERS_FILE names the file of model providers; MAILHELPER_TRACE_PLUGINS=1 switches the trace on,
        MAILHELPER_PUBLIC_HOSTS_ONLY=1 leaves other mail servers alone, MAILHELPER_POOL_SIZE is a number from 1 on.

        Raises ConfigError for another.
        """
        providers_file = environ.get("MAILHELPER_PROVIDERS_FILE")
        key_file = environ.get("MAILHELPER_KEY_FILE")
        plugins = environ.get("MAILHELPER_PLUGINS")
        return cls(
            database_url=environ.get("MAILHELPER_DATABASE_URL", DEFAULT_DATABASE_URL),
            key_file=Path(key_file) if key_file else None,
            trace_plugins=environ.get("MAILHELPER_TRACE_PLUGINS", "") not in _OFF,
            public_hosts_only=environ.get("MAILHELPER_PUBLIC_HOSTS_ONLY", "") not in _OFF,
            plugins=None if plugins is None else tuple(filter(None, map(str.strip, plugins.split(",")))),
            providers_file=Path(providers_file) if providers_file else None,
            pool_size=_size(environ.get("MAILHELPER_POOL_SIZE") or str(DEFAULT_POOL_SIZE)),
        )

    def for_threads(self, threads: int) -> Settings:
        """Answer these settings with as many connections at least as so many threads of a process need for jobs."""
        return replace(self, pool_size=max(self.pool_size, CONNECTIONS_A_THREAD * threads))


def _size(value: str) -> int:
    # SQLAlchemy takes 0 for no limit at all.
    if not (value.isascii() and value.isdigit() and int(value)):
        raise ConfigError("MAILHELPER_POOL_SIZE is a number of connections, from 1 on.")
    return int(value)


def _are_names(value: object) -> bool:
    # A text is a collection too, of letters.
    if not isinstance(value, Collection) or isinstance(value, str | bytes):
        return False
    return all(isinstance(one, str) for one in value)
