"""Sieve scripts: rules from another mail system, and rules for one."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from mailhelper_core import InvalidError
from mailhelper_web.owner import mine

sieve = Blueprint("sieve", __name__, url_prefix="/rules/sieve")


@sieve.get("/")
def show() -> str:
    """Show the rules as a script, and a place for another one."""
    return render_template("rules/sieve.html", export=mine().rules.export_sieve(), script="", apart=False)


@sieve.post("/")
def read() -> str | AnyResponse | tuple[str, int]:
    """Show what a script would become; save it when that was seen and wanted."""
    ada, script = mine(), request.form.get("script", "")
    save, apart = request.form.get("deed") == "save", "apart" in request.form
    said = {"script": script, "apart": apart}
    try:
        report = ada.rules.import_sieve(script, save=save, apart=apart)
    except InvalidError as error:
        return render_template("rules/sieve.html", export=ada.rules.export_sieve(), problem=error, **said), 400
    if save:
        flash(ngettext("%(num)s rule was saved.", "%(num)s rules were saved.", len(report.rules)), "info")
        return redirect(url_for("rules.listing"), 303)
    return render_template("rules/sieve.html", export=ada.rules.export_sieve(), report=report, **said)


@sieve.get("/export")
def export() -> Response:
    """Answer the rules as a file that a ManageSieve server takes."""
    response = make_response(mine().rules.export_sieve().text)
    response.headers["Content-Type"] = "application/sieve; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename="mailhelper.sieve")
    return response
