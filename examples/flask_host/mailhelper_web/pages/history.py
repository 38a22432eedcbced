"""What was done, newest first: every change with its steps, and a way to take it back."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from mailhelper_web.owner import mine

history = Blueprint("history", __name__, url_prefix="/history")

PAGE = 30


@history.get("/")
def listing() -> str:
    """List what was decided, by whom, and how far each step got."""
    return render_template("history.html", changes=mine().changes(after=request.args.get("after"), limit=PAGE))
