"""Settings that plugins ask their owner for, as a form; a plugin's own reader refuses what it cannot use."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from mailhelper_core import NotFoundError, OwnerServices, Setting
from mailhelper_web.owner import helper, mine

# Names the secrets that are to be forgotten; no setting is called that.
FORGET = "forget:"

plugins = Blueprint("plugins", __name__, url_prefix="/preferences/plugins")


@dataclass(frozen=True, slots=True)
class Form:
    """One plugin's settings, and what the owner has said; a secret is shown as dots."""

    plugin: str
    schema: tuple[Setting, ...]
    values: dict[str, str]


@plugins.get("/")
def listing() -> str:
    """Show a form for each plugin that has settings."""
    ada = mine()
    forms = [form for plugin in helper().plugins if (form := _form(ada, plugin.name))]
    return render_template("plugins.html", forms=forms)


@plugins.post("/<name>")
def save(name: str) -> Response:
    """Keep what was written; an empty field goes back to its default, an empty secret stays unless told otherwise."""
    ada = mine()
    said = {one.name: _typed(one.name) for one in ada.plugins.schema(name)}
    kept = {one.name for one in ada.plugins.schema(name) if one.secret} - set(request.form.getlist(FORGET))
    ada.plugins.set(name, {key: text or None for key, text in said.items() if text or key not in kept})
    flash(gettext("Saved."), "info")
    return redirect(url_for("plugins.listing"), 303)


def _typed(name: str) -> str:
    """Answer what stands in a field, with line ends as plugins read them."""
    return request.form.get(name, "").strip().replace("\r\n", "\n")


def _form(ada: OwnerServices, name: str) -> Form | None:
    try:
        return Form(name, ada.plugins.schema(name), ada.plugins.get(name))
    except NotFoundError:
        return None
