"""Administration: users, the health of their accounts, jobs that are stuck, plugins; states and counts, never mail."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from mailhelper_core import Account
from mailhelper_web.config import Config
from mailhelper_web.owner import helper
from mailhelper_web.safety.limits import where_counted
from mailhelper_web.safety.links import invitation_path
from mailhelper_web.safety.revocation import end_all_access
from mailhelper_web.users import User
from mailhelper_web.visitor import users, visitor

admin = Blueprint("admin", __name__, url_prefix="/admin")


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user as an admin sees them: who, whether they may log in, how their accounts are."""

    user: User
    accounts: tuple[Account, ...]


@admin.before_request
def admins_only() -> None:
    """Tell everybody else that there is no such page."""
    if not visitor().is_admin:
        abort(404)


@admin.get("/")
def overview() -> str:
    """Show users, health, jobs and plugins."""
    return _overview()


@admin.post("/invite")
def invite() -> str:
    """Make an address where one person may register; it is shown to be handed on."""
    config: Config = current_app.extensions["config"]
    if config.registration != "invited":
        abort(404)
    email = request.form.get("email", "").strip()
    # Whoever asks says the host; where the operator has said it, nobody else does.
    home = (config.url or request.host_url).rstrip("/")
    return _overview(invited=email, invitation=home + invitation_path(email))


def _overview(*, invited: str = "", invitation: str = "") -> str:
    engine = helper()
    rows = [
        UserRow(user, engine.for_owner(user.owner).accounts.list())
        for user in users().scalars(select(User).order_by(User.id)).unique()
    ]
    return render_template(
        "admin/overview.html",
        rows=rows,
        health=engine.check(),
        stuck=engine.jobs.stuck(),
        queues=[one for one in engine.admin.queues() if one.due or one.later or one.running or one.done or one.failed],
        errors=engine.admin.errors(),
        egress=engine.admin.egress(),
        metrics=[one for one in engine.admin.metrics() if one.value],
        plugins=engine.plugins,
        cache=current_app.extensions["session_cache"].state,
        may_invite=current_app.extensions["config"].registration == "invited",
        invited=invited,
        invitation=invitation,
        limits=where_counted(),
    )


@admin.post("/users/<int:user_id>/switch")
def switch(user_id: int) -> Response:
    """Keep a user out, or let them in again: with the password, and to all their mail. Nobody locks themselves out."""
    user = users().get(User, user_id)
    if user is None:
        abort(404)
    if user.id == visitor().id:
        flash(gettext("You cannot lock yourself out."), "error")
    else:
        user.active = not user.active
        users().commit()
        if not user.active:
            end_all_access(user)
    return redirect(url_for("admin.overview"), 303)
