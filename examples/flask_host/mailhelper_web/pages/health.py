"""For load balancers: is this process alive, and can it do its work?"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from mailhelper_web.owner import helper

health = Blueprint("health", __name__)


@health.get("/health/live")
def live() -> Response:
    """Answer while the process answers at all."""
    return jsonify(status="ok")


@health.get("/health/ready")
def ready() -> tuple[Response, int]:
    """Answer 200 when database and key can be used, else 503; names of parts and their state, nothing else."""
    found = helper().ready()
    parts = {item.name: "ok" if item.ok else "broken" for item in found.items}
    return jsonify(status="ok" if found.ok else "broken", parts=parts), 200 if found.ok else 503
