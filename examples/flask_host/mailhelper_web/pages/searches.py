"""Saved searches: a query under a name, one click away."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from mailhelper_web.owner import mine
from mailhelper_web.pages.mail import sort_of

searches = Blueprint("searches", __name__, url_prefix="/searches")


@searches.post("/save")
def save() -> Response:
    """Keep a query under a name; one of the same name is changed."""
    query = request.form.get("q", "")
    saved = mine().searches.save(request.form.get("name", ""), query, sort=sort_of(request.form.get("sort", ""), query))
    flash(gettext("%(name)s is kept.", name=saved.name), "info")
    return redirect(url_for("mail.listing", q=saved.query, sort=saved.sort), 303)


@searches.post("/delete")
def delete() -> Response:
    """Forget a saved search."""
    mine().searches.delete(request.form.get("name", ""))
    return redirect(url_for("mail.listing"), 303)
