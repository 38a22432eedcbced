"""Tags: names, colors, what they are for; merge, rename, delete."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from mailhelper_core import OwnerServices
from mailhelper_web.look.toasts import offer_undo
from mailhelper_web.owner import mine
from mailhelper_web.pages.actions import back

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
    """Change a tag's name, color and description: all of them, or none where one is refused."""
    form = request.form
    name, new_name = form.get("name", ""), form.get("new_name", "").strip()
    others = {"color": form.get("color"), "description": form.get("description")}
    mine().tags.update(name, **others, new_name=new_name if new_name != name and new_name else None)
    flash(gettext("Saved."), "info")
    return redirect(url_for("tags.listing"), 303)


@tags.post("/queue")
def decide() -> Response:
    """Accept a suggested tag for the messages it waits for, put a tag that is there in its place, or refuse it.

    A form that names messages decides for them alone; the suggestion goes on waiting for the others.
    """
    ada, name, word = mine(), request.form.get("name", ""), request.form.get("word")
    ids = request.form.getlist("id", type=int) or None
    if ids is None and "id" in request.form:
        abort(404)  # one that cannot be read does not stand for all
    if word == "accept":
        done = ada.tags.accept(name, ids)
        offer_undo(gettext("%(name)s is set.", name=name), done)
    elif word == "merge":
        _merge_suggestion(ada, name, request.form.get("into", ""))
    else:
        ada.tags.reject(name, ids)
        flash(gettext("Refused; it is not suggested again for these messages."), "info")
    return redirect(back() if ids else url_for("tags.listing"), 303)


def _merge_suggestion(ada: OwnerServices, name: str, into: str) -> None:
    """Set a tag that is there instead of a new one; a tag of the suggested name would itself become part of it."""
    if not any(one.name == name and one.is_new for one in ada.tags.queue()):
        raise NotFound
    done = ada.tags.merge(name, into)
    offer_undo(gettext("%(into)s is set instead of %(name)s.", name=name, into=into), done)


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
