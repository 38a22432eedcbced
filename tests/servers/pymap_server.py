"""Runs pymap with an empty mailbox for whatever user comes: `python -m tests.servers.pymap_server PORT PASSWORD`."""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from unittest import mock

from pymap.backend.dict import Config, Login
from pymap.main import main
from pymap.user import UserMetadata
from pysasl.hashing import BuiltinHash


class _Anybody(dict[str, UserMetadata]):
    """Knows every user, by the password of the one that pymap was started with."""

    def get(self, name: str, default: object = None) -> UserMetadata | None:  # type: ignore[override]
        """Answer the user of this name, made after the first."""
        return next((replace(user, name=name) for user in self.values()), None)


def _open_to_all(port: str, password: str) -> None:
    begin = Login.__init__

    def begin_with_anybody(login: Login, config: Config) -> None:
        begin(login, config)
        login.users_dict = _Anybody()

    parse = Config.parse_args
    mock.patch.object(Login, "__init__", begin_with_anybody).start()
    # A strong hash costs a third of a second a login, and guards nothing here.
    cheap = {"hash_context": BuiltinHash(rounds=1)}
    mock.patch.object(Config, "parse_args", lambda args: {**parse(args), **cheap}).start()
    # On Python 3.13 only a cycle holds the task of a connection that waits for its client; collected, it hangs up.
    gc.disable()
    sys.argv[1:] = ["--host", "127.0.0.1", "--port", port, "--no-tls", "dict", "--demo-password", password]
    main()


if __name__ == "__main__":
    _open_to_all(*sys.argv[1:])
