"""F99: Redis is away for sessions and limits: people stay logged in, and guessing passwords is still stopped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from examples.flask_host.tests.browser import Browser, register
from examples.flask_host.tests.conftest import _config, host_of


@pytest.mark.filterwarnings("ignore")  # what flask-limiter says about its fallback
def test_f99_a_redis_that_is_away_logs_nobody_out_and_opens_no_door(tmp_path: Path) -> None:
    config = replace(_config(tmp_path), redis_url="redis://127.0.0.1:1/0", login_limit="5 per minute")
    with host_of(config) as app:
        ada = Browser(app.test_client())
        register(ada)

        assert ada.get("/").status_code == 200
        assert app.extensions["session_cache"].state == "away"

        stranger = Browser(app.test_client())
        guesses = [
            stranger.post("/login", {"email": "ada@example.org", "password": f"guess {n}"}, page="/login").status_code
            for n in range(8)
        ]
        assert 429 in guesses
        assert ada.get("/").status_code == 200
