"""Administration: for admins alone, states and counts, never mail."""

from __future__ import annotations

from html import unescape
from types import ModuleType

import pytest
from flask import Flask

from examples.flask_host.tests.browser import PASSWORD, Browser, register, services
from mailhelper_core import Condition, LoginError, MailHelper, OwnerServices, Rule, hookimpl
from mailhelper_web.users import User
from mailhelper_web.words.operation import ADDS, METRICS


def test_an_admin_sees_users_health_and_plugins_but_no_mail(
    app: Flask, ada: Browser, bob: Browser, synced: OwnerServices
):
    page = ada.get("/admin/").text

    assert "bob@example.org" in page
    assert "heuristics" in page
    assert "in this process alone" in page
    measured = [one.name for one in app.extensions["mailhelper"].admin.metrics() if one.value]
    assert measured
    assert all(name in page for name in measured)
    for message in synced.search("", limit=50):
        assert not message.subject or message.subject not in page


def test_what_is_measured_and_added_has_words(app: Flask, ada: Browser, synced: OwnerServices):
    engine = app.extensions["mailhelper"]
    kinds = {one.partition(":")[0] for plugin in engine.plugins for one in plugin.provides}

    assert {one.name for one in engine.admin.metrics()} <= set(METRICS)
    assert kinds <= set(ADDS)
    page = unescape(ada.get("/admin/").text)
    assert "All parts are well." in page
    assert "sorts mail: heuristics, learned" in page
    assert "classifiers:heuristics" not in page


def test_an_account_in_trouble_is_told_in_words(app: Flask, ada: Browser, synced: OwnerServices):
    account = synced.accounts.list()[0]
    synced.accounts.update(account.id, password="wrong")
    with pytest.raises(LoginError):
        synced.sync(account.id)

    page = unescape(ada.get("/admin/").text)

    assert "needs its password" in page
    assert "does not accept this user name or password" in page
    assert synced.accounts.get(account.id).state_code not in page.partition("<h2")[2]
    synced.accounts.update(account.id, password="secret")


def test_for_everybody_else_there_is_no_such_page(bob: Browser):
    assert bob.get("/admin/").status_code == 404
    assert bob.post("/admin/users/1/switch").status_code == 404


def test_who_is_locked_out_is_out_at_once(app: Flask, ada: Browser):
    eve = Browser(app.test_client())
    register(eve, "eve@example.org")
    with app.app_context():
        user_id = app.extensions["users"].query(User).filter_by(email="eve@example.org").one().id

    ada.post(f"/admin/users/{user_id}/switch")

    assert eve.get("/").status_code == 302
    again = Browser(app.test_client())
    assert again.post("/login", {"email": "eve@example.org", "password": PASSWORD}, page="/login").status_code == 200


def test_an_admin_cannot_lock_themselves_out(ada: Browser):
    ada.post("/admin/users/1/switch")

    assert ada.get("/admin/").status_code == 200


def test_health_is_told_to_load_balancers_without_names(app: Flask, stranger: Browser):
    ready = stranger.get("/health/ready")

    assert ready.status_code == 200
    assert ready.json == {"status": "ok", "parts": {"database": "ok", "key": "ok"}}
    assert stranger.get("/health/live").status_code == 200


def test_what_a_user_saves_leaves_the_host_ready(app: Flask, bob: Browser, stranger: Browser):
    engine, mine = app.extensions["mailhelper"], services(app, "bob@example.org")
    with app.app_context():
        owner = app.extensions["users"].query(User).filter_by(email="bob@example.org").one().owner
    shop = ModuleType("shop")
    shop.register_conditions = hookimpl(lambda: [Condition("cheap", lambda *_: True)])
    with MailHelper(engine.settings, plugins=[shop]) as other:
        other.for_owner(owner).rules.save(Rule("bargains", when="cheap:yes", then=["keep"]))
    mine.rules.import_sieve('require "vacation"; vacation "away";')

    assert [one.name for one in mine.rules.list() if one.disabled_reason]
    assert stranger.get("/health/ready").status_code == 200
