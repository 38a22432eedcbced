"""Learning: what is learned from the owner, how well, and the models behind it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from mailhelper_core import NotFoundError
from mailhelper_web.look.charts import curve, shares
from mailhelper_web.owner import mine

# As many as the curve looks at: the page trains anew, and more would take longer than somebody waits for it.
NEWEST = 2_000

training = Blueprint("training", __name__, url_prefix="/learning")


@training.get("/")
def overview() -> str:
    """Show how far every question is learned."""
    return render_template("training/overview.html", status=mine().learning.status())


@training.get("/<task>")
def curves(task: str) -> str:
    """Show how good the answers of one question are."""
    _require(task)
    ada = mine()
    (found,) = ada.learning.evaluate(task, newest=NEWEST) or (None,)
    (drift,) = ada.learning.drift(task) or (None,)
    grown = curve(ada.learning.curve(task), found.baseline) if found else None
    honest, sure = (shares(found.quality.calibration), shares(found.quality.coverage)) if found else (None, None)
    return render_template(
        "training/curves.html", task=task, found=found, grown=grown, honest=honest, sure=sure, drift=drift
    )


@training.post("/train")
def train() -> Response:
    """Ask to learn from everything that was said; what is asked for already is not asked for twice."""
    return redirect(url_for("jobs.show", job_id=mine().jobs.submit("train").id), 303)


@training.post("/<task>/promote")
def promote(task: str) -> Response:
    """Let the candidate answer."""
    _require(task)
    try:
        mine().learning.promote(task)
    except NotFoundError:
        flash(gettext("There is no candidate any more."), "info")
    return redirect(url_for("training.overview"), 303)


@training.post("/<task>/roll-back")
def roll_back(task: str) -> Response:
    """Let the model before answer again."""
    _require(task)
    try:
        mine().learning.roll_back(task)
    except NotFoundError:
        flash(gettext("There is no earlier model to go back to."), "info")
    return redirect(url_for("training.overview"), 303)


def _require(task: str) -> None:
    if task not in {one.task for one in mine().learning.status().tasks}:
        raise NotFound
