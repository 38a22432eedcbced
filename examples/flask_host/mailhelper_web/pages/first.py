"""The first sync of an account: live progress, then what was found and three rules to take."""

from __future__ import annotations

import time

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from mailhelper_core import Job, OwnerServices
from mailhelper_web.look.toasts import offer
from mailhelper_web.owner import mine
from mailhelper_web.pages.home import OPEN
from mailhelper_web.parts.onboarding import offers
from mailhelper_web.parts.progress import STAGES, Since, follow, seconds_left

first = Blueprint("first", __name__, url_prefix="/accounts/<int:account_id>/first")


@first.get("")
def show(account_id: int) -> str:
    """Show how far the first journey is; the page asks again every second until it is over."""
    ada = mine()
    account = ada.accounts.get(account_id)
    job = _journey(ada, account_id)
    now = time.time()
    since = follow(job, now, Since.read(request.args.get("since", ""))) if job else None
    found = None if job and job.is_open else _found(ada, account_id)
    return render_template(
        "first/state.html" if request.headers.get("HX-Request") else "first/show.html",
        account=account,
        job=job,
        stages=STAGES,
        since=since,
        seconds=seconds_left(job, now, since) if job else None,
        found=found,
        offers=offers(ada) if found else (),
    )


@first.post("/rule")
def take(account_id: int) -> Response:
    """Save one of the rules that were offered; it acts on new mail, and on mail that is here when it is run."""
    ada, name = mine(), request.form.get("name", "")
    ada.accounts.get(account_id)
    rule = next((one.rule for one in offers(ada) if one.name == name), None)
    if rule is None:
        raise NotFound
    saved = ada.rules.save(rule)
    words = gettext("%(name)s is saved and acts on new mail.", name=rule.name)
    offer(words, url_for("rules.run", rule_id=saved.id), {}, button=gettext("Run on mail that is here"))
    return redirect(url_for("first.show", account_id=account_id), 303)


def _journey(ada: OwnerServices, account_id: int) -> Job | None:
    """Answer the newest journey of the account, None when its row was erased long ago."""
    return next((job for job in ada.jobs.list(account_id=account_id) if job.kind == "run"), None)


def _found(ada: OwnerServices, account_id: int) -> dict[str, int]:
    scope = f"{OPEN} account:{account_id}"
    counts = {light: ada.count(f"{scope} priority:{light}", at_most=10_000) for light in ("red", "yellow", "green")}
    return {"messages": ada.count(f"account:{account_id}", at_most=1_000_000), **counts}
