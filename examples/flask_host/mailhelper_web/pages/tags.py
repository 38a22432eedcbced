"""Tags: names, colors, what they are for; merge, rename, delete."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from mailhelper_web.look.toasts import offer_undo
from mailhelper_web.owner import mine

tags = Blueprint("tags", __name__, url_prefix="/tags")


@tags.get("/")
def listing() -> str:
    """List the tags with how often each is set."""
    ada = mine()
    return render_template("tags/list.html", tags=ada.tags.list(), queue=ada.tags.queue())


@tags.get("/names")
def names() -> str:
    """List the names, for the field that sets a tag."""
    return render_template("tags/names.html", tags=mine().tags.list())


@tags.post("/create")
def create() -> Response:
    """Make a tag."""
    form = request.form
    mine().tags.create(form.get("name", ""), color=form.get("color", ""), description=form.get("description", ""))
    return redirect(url_for("tags.listing"), 303)


@tags.post("/change")
def change() -> Response:
    """Change a tag's name, color and description."""
    ada, form = mine(), request.form
    name, new_name = form.get("name", ""), form.get("new_name", "").strip()
    ada.tags.update(name, color=form.get("color"), description=form.get("description"))
    if new_name and new_name != name:
        ada.tags.rename(name, new_name)
    flash(gettext("Saved."), "info")
    return redirect(url_for("tags.listing"), 303)


@tags.post("/queue")
def decide() -> Response:
    """Accept a suggested tag for the messages it waits for, or refuse it for them."""
    ada, name = mine(), request.form.get("name", "")
    if request.form.get("word") == "accept":
        done = ada.tags.accept(name)
        offer_undo(gettext("%(name)s is set.", name=name), done)
    else:
        ada.tags.reject(name)
        flash(gettext("Refused; it is not suggested again for these messages."), "info")
    return redirect(url_for("tags.listing"), 303)


@tags.post("/merge")
def merge() -> Response:
    """Put one tag's messages under another."""
    name, into = request.form.get("name", ""), request.form.get("into", "")
    done = mine().tags.merge(name, into)
    offer_undo(gettext("%(name)s is now part of %(into)s.", name=name, into=into), done)
    return redirect(url_for("tags.listing"), 303)


@tags.post("/delete")
def delete() -> Response:
    """Delete a tag; its messages stay."""
    name = request.form.get("name", "")
    done = mine().tags.delete(name)
    offer_undo(gettext("%(name)s is gone; its messages stay.", name=name), done)
    return redirect(url_for("tags.listing"), 303)
