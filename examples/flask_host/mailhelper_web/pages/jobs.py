"""Jobs: what runs for the user, how far it is, and what went wrong."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from mailhelper_core import Change, ConflictError, Job, OwnerServices
from mailhelper_web.owner import mine
from mailhelper_web.pages.actions import back
from mailhelper_web.parts.waiting import waiting_steps

jobs = Blueprint("jobs", __name__, url_prefix="/jobs")

# So many changes back a job's own are looked for; older ones stand in the history.
LOOK_BACK = 200
# Jobs in which rules act, or ask.
WITH_RULES = ("run", "apply_rules")


@jobs.get("/")
def listing() -> str:
    """List the user's jobs, newest first, fifty at a time."""
    ada = mine()
    names = {one.id: one.name for one in ada.accounts.list()}
    return render_template("jobs/list.html", jobs=ada.jobs.list(after=request.args.get("after")), names=names)


@jobs.get("/<int:job_id>")
def show(job_id: int) -> str:
    """Show one job; while it runs the page asks again every second."""
    ada = mine()
    job = ada.jobs.get(job_id)
    template = "jobs/state.html" if request.headers.get("HX-Request") else "jobs/show.html"
    return render_template(template, job=job, changes=_changes(ada, job), waiting=_waiting(ada, job))


@jobs.post("/run/<int:account_id>")
def run_account(account_id: int) -> Response:
    """Ask for the whole journey of an account; what is asked for already is not asked for twice."""
    ada = mine()
    ada.accounts.get(account_id)
    try:
        job = ada.jobs.submit("run", account_id=account_id)
    except ConflictError:
        flash(gettext("It runs already."), "info")
        return redirect(url_for("jobs.listing"), 303)
    return redirect(url_for("jobs.show", job_id=job.id), 303)


def _changes(ada: OwnerServices, job: Job) -> list[Change]:
    """Answer what the rules did in a job that has ended; a long one has several changes."""
    if job.kind != "apply_rules" or job.finished_at is None:
        return []
    begin, end = job.started_at or job.created_at, job.finished_at
    return [one for one in ada.changes(limit=LOOK_BACK) if one.kind == "rules" and begin <= one.created_at <= end]


def _waiting(ada: OwnerServices, job: Job) -> int:
    """Count the steps that rules proposed in a job that has ended, and that nobody has decided since."""
    if job.kind not in WITH_RULES or job.finished_at is None:
        return 0
    return waiting_steps(ada, job.started_at or job.created_at, job.finished_at)


@jobs.post("/<int:job_id>/cancel")
def cancel(job_id: int) -> Response:
    """Ask a job to stop after its batch; what it did stays."""
    mine().jobs.cancel(job_id)
    return redirect(back(), 303)
