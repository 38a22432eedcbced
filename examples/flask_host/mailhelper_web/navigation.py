"""What the frame around every page lists: the views of mail, and the sections that this host has."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext

from mailhelper_web.pages.mail import VIEWS

# endpoint, name, icon
SECTIONS = (
    ("rules.listing", lazy_gettext("Rules"), "rule"),
    ("tags.listing", lazy_gettext("Tags"), "tag"),
    ("training.overview", lazy_gettext("Learning"), "spark"),
    ("jobs.listing", lazy_gettext("Jobs"), "clock"),
    ("accounts.listing", lazy_gettext("Accounts"), "gear"),
)


def add_navigation(app: Flask) -> None:
    """Give the templates what the frame lists."""
    app.jinja_env.globals.update(views=VIEWS, sections=SECTIONS)
