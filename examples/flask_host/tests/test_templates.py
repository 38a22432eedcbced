"""Templates in one language each: what lasts is text in them, what does not is asked for by every page."""

from __future__ import annotations

from functools import cache

import pytest
from flask import Flask, render_template
from flask_babel import force_locale
from jinja2 import DictLoader

PAGE = (
    "{{ _('Inbox') }} {{ _('Inbox')|upper }} {{ _('Spam %(p)s', p='<b>') }} "
    "{{ url_for('mail.listing') }} {{ url_for('mail.listing', view=name) }} {{ _(name) }}"
)


@pytest.fixture
def templates(app: Flask, monkeypatch: pytest.MonkeyPatch):
    own = app.jinja_env.overlay(loader=DictLoader({"page.html": PAGE, "asked.html": "{{ _('Inbox') }}{{ name }}"}))
    own._spoken = cache(own._speaking)
    monkeypatch.setattr(app, "jinja_env", own)
    return own


def test_each_language_has_templates_of_its_own(app: Flask, templates: object):
    shown = {}
    for language in ("en", "de", "en"):
        with app.test_request_context(), force_locale(language):
            shown[language] = render_template("page.html", name="Spam")

    assert shown["en"] == "Inbox INBOX Spam &lt;b&gt; /mail/ /mail/?view=Spam Spam"
    assert shown["de"] == "Eingang EINGANG Spam &lt;b&gt; /mail/ /mail/?view=Spam Spam"


def test_addresses_stand_under_the_path_that_the_request_came_by(app: Flask, templates: object):
    for root in ("", "/post", ""):
        with app.test_request_context("/mail/", environ_overrides={"SCRIPT_NAME": root}):
            assert f" {root}/mail/ {root}/mail/?view=Spam" in render_template("page.html", name="Spam")


def test_a_sentence_is_looked_up_when_a_template_is_compiled_and_not_again(
    app: Flask, templates, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    monkeypatch.setitem(templates.lasting, "_", lambda text: asked.append(text) or "words")

    with app.test_request_context():
        assert [render_template("asked.html", name=number) for number in (1, 2)] == ["words1", "words2"]

    assert asked == ["Inbox"]
