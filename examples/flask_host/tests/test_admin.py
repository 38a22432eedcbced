"""Administration: for admins alone, states and counts, never mail."""

from __future__ import annotations

from flask import Flask

from examples.flask_host.tests.browser import PASSWORD, Browser, register
from mailhelper_core import OwnerServices
from mailhelper_web.users import User


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
    assert ready.json["status"] == "ok"
    assert stranger.get("/health/live").status_code == 200
