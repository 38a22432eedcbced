"""Settings of plugins: a form for each, refused where the plugin cannot read them, secrets never shown."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from examples.flask_host.tests.browser import Browser, register, services
from examples.flask_host.tests.postman import postman
from mailhelper_core import MailHelper
from mailhelper_web import Config, create_app


@pytest.fixture
def ada(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A person at a host that has one plugin more."""
    monkeypatch.setattr("mailhelper_web.owner.MailHelper", partial(MailHelper, plugins=[postman()]))
    host = create_app(config)
    host.config["TESTING"] = True
    browser = Browser(host.test_client())
    register(browser)
    yield browser
    host.extensions["mailhelper"].jobs.stop()
    host.extensions["mailhelper"].close()
    host.extensions["engine"].dispose()


def test_a_plugin_asks_by_a_form(ada: Browser):
    mine = services(ada.client.application)
    assert "letters a day" in ada.get("/preferences/plugins/").text

    ada.post("/preferences/plugins/postman", {"limit": "7", "key": "open sesame"})
    ada.post("/preferences/plugins/postman", {"limit": "8", "key": ""})

    assert mine.plugins.get("postman") == {"limit": "8", "key": "••••"}
    assert "open sesame" not in ada.get("/preferences/plugins/").text


def test_a_secret_can_be_taken_back(ada: Browser):
    assert 'name="forget:"' not in ada.get("/preferences/plugins/").text
    ada.post("/preferences/plugins/postman", {"limit": "7", "key": "open sesame"})
    assert 'name="forget:" value="key"' in ada.get("/preferences/plugins/").text

    ada.post("/preferences/plugins/postman", {"limit": "7", "key": "", "forget:": "key"})

    assert services(ada.client.application).plugins.get("postman") == {"limit": "7"}


def test_a_list_as_long_as_the_engine_takes_fits_into_the_form(ada: Browser):
    page = ada.get("/preferences/plugins/").text

    assert 'maxlength="100000"' in page
    assert 'maxlength="5000"' not in page


def test_a_setting_of_several_lines_keeps_them(ada: Browser):
    ada.post("/preferences/plugins/postman", {"limit": "", "streets": "Harbour Street\r\nMill Lane", "key": ""})

    page = ada.get("/preferences/plugins/").text
    assert services(ada.client.application).plugins.get("postman") == {"streets": "Harbour Street\nMill Lane"}
    assert ">Harbour Street\nMill Lane</textarea>" in page
    assert 'placeholder="5"' in page
    assert 'placeholder="[]"' not in page


def test_what_the_plugin_cannot_read_is_refused(ada: Browser):
    answer = ada.post("/preferences/plugins/postman", {"limit": "many"})

    assert answer.status_code == 400
    assert services(ada.client.application).plugins.get("postman") == {}


def test_a_plugin_that_is_not_there_has_no_form(ada: Browser):
    assert ada.post("/preferences/plugins/nobody", {"x": "1"}).status_code == 404
