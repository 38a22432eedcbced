"""Mail accounts: find the server, check the log-in, first sync, health, policy."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from mailhelper_core import InvalidError, MailHelperError, OwnerServices
from mailhelper_web.owner import mine
from mailhelper_web.parts.onboarding import connect, read_login
from mailhelper_web.parts.policy_form import policy_form, read_policy
from mailhelper_web.safety.elsewhere import RETRY_SECONDS, WaitingError, asking_elsewhere

accounts = Blueprint("accounts", __name__, url_prefix="/accounts")


@accounts.get("/")
def listing() -> str:
    """List the accounts with their state."""
    return render_template("accounts/list.html", accounts=mine().accounts.list())


@accounts.route("/add", methods=["GET", "POST"])
def add() -> str | Response | tuple[str, int]:
    """Ask for an address, try the servers it may be at, keep the account when the log-in works."""
    if request.method == "GET":
        return render_template("accounts/add.html", form=request.args, problem=None)
    ada, form = mine(), request.form
    try:
        login = read_login(form, ada)
        with asking_elsewhere():
            account, check = connect(ada, login, allow_private=current_app.extensions["config"].private_hosts)
    except WaitingError as error:
        page = render_template("accounts/add.html", form=form, problem=error)
        return make_response(page, 503, {"Retry-After": str(RETRY_SECONDS)})
    except MailHelperError as error:
        return render_template("accounts/add.html", form=form, problem=error), 400
    if account is None:
        return render_template("accounts/add.html", form=form, problem=check), 400
    flash(gettext("%(name)s works: %(count)s mailboxes found.", name=account.name, count=check.mailboxes), "info")
    ada.jobs.submit("run", account_id=account.id)
    return redirect(url_for("first.show", account_id=account.id), 303)


@accounts.post("/discover")
def discover() -> str:
    """Tell which server an address probably has, and what its log-in takes; nothing connects."""
    address = request.form.get("address", "").strip()
    try:
        guesses = mine().accounts.discover(address)
    except InvalidError:
        guesses = ()  # half an address; there is nothing to tell yet
    return render_template("accounts/guess.html", guess=guesses[0] if guesses else None)


@accounts.get("/<int:account_id>")
def show(account_id: int) -> str:
    """Show one account: state, mailboxes, policy."""
    return _page(mine(), account_id)


@accounts.post("/<int:account_id>/check")
def check(account_id: int) -> str:
    """Connect and tell what was found, with advice."""
    ada = mine()
    with asking_elsewhere():
        found = ada.accounts.check(account_id)
    return _page(ada, account_id, check=found)


@accounts.post("/<int:account_id>/update")
def update(account_id: int) -> Response | tuple[str, int]:
    """Change name, password, own addresses, or pause; nothing of it with a password that does not work."""
    ada, form = mine(), request.form
    password = form.get("password") or None
    if password:
        with asking_elsewhere():
            found = ada.accounts.check(account_id, password=password)
        if not found.ok:
            return _page(ada, account_id, check=found, form=form), 400
    try:
        ada.accounts.update(
            account_id,
            name=form.get("name", "").strip() or None,
            password=password,
            paused={"1": True, "0": False}.get(form.get("paused", "")),
            addresses=_addresses(form.get("addresses")),
        )
    except InvalidError as error:
        return _page(ada, account_id, mistake=error, form=form), 400
    flash(gettext("Saved."), "info")
    return redirect(url_for("accounts.show", account_id=account_id), 303)


@accounts.post("/<int:account_id>/policy")
def set_policy(account_id: int) -> Response | tuple[str, int]:
    """Change what of the account is synced; what is here already stays."""
    ada = mine()
    before = ada.accounts.get(account_id).policy
    try:
        policy = read_policy(request.form, before)
    except InvalidError as error:
        return _page(ada, account_id, problem=error, fields=request.form), 400
    ada.accounts.update(account_id, policy=policy)
    flash(gettext("Saved; it holds from the next sync on."), "info")
    return redirect(url_for("accounts.show", account_id=account_id), 303)


@accounts.post("/<int:account_id>/remove")
def remove(account_id: int) -> Response:
    """Remove an account and its mail from here; nothing changes on the server."""
    ada = mine()
    account = ada.accounts.get(account_id)
    if request.form.get("confirm", "").strip() != account.name.strip():
        raise InvalidError(gettext("Type the name of the account to remove it."))
    ada.accounts.remove(account_id)
    flash(gettext("%(name)s was removed here. Its mail is still on the server.", name=account.name), "info")
    return redirect(url_for("accounts.listing"), 303)


def _addresses(text: str | None) -> frozenset[str] | None:
    """Answer the addresses of a field, one a line; None where the form has no such field, and they stay."""
    return None if text is None else frozenset(line.strip() for line in text.splitlines() if line.strip())


def _page(ada: OwnerServices, account_id: int, **said: object) -> str:
    account, boxes = ada.accounts.get(account_id), ada.accounts.mailboxes(account_id)
    fields = policy_form(account.policy)
    return render_template("accounts/show.html", **{"account": account, "mailboxes": boxes, "fields": fields, **said})
