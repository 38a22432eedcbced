"""Ask one page of the web host again and again, or the bare page beside it: pages.py URL FOLDER PAGE ROUNDS [MESSAGE].

The door only registers. A message is its page, a whole one the frame too that its page asks for: opened for the first
time, or again.
"""

from __future__ import annotations

import re
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from flask import Flask, render_template
from flask.testing import FlaskClient
from jinja2 import DictLoader
from sqlalchemy import BigInteger, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, scoped_session, sessionmaker

from bench.children.web.visitor import PASSWORD
from bench.gauge import tell
from mailhelper_web import Config, create_app

PAGES = {
    "list": ("/mail/?view=inbox",),
    "message": ("/mail/{id}",),
    "whole": ("/mail/{id}", "/mail/{id}/frame"),
    "again": ("/mail/{id}", "/mail/{id}/frame"),
    "start": ("/",),
}
# What a page shows that is not empty: its matrix has fields, the chart days, the message its card of opinions.
MARKS = {
    "list": 'class="row',
    "message": 'class="opinions"',
    "whole": "<iframe",
    "again": "<iframe",
    "start": 'class="red"',
}
# What Flask's and SQLAlchemy's own tutorials lead to: a mapped class, a session, a template with a loop.
_BARE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Inbox</title></head><body><ul>
{% for one in messages %}<li><a href="{{ url_for('show', message_id=one.id) }}"><b>{{ one.from_addr }}</b>
{{ one.subject }} <span>{{ one.snippet }}</span> <time>{{ one.received_at }}</time></a></li>{% endfor %}</ul></body>
</html>"""


class _Base(DeclarativeBase):
    pass


class _Message(_Base):
    __tablename__ = "mailhelper_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int]
    subject: Mapped[str]
    from_addr: Mapped[str]
    snippet: Mapped[str]
    received_at: Mapped[int] = mapped_column(BigInteger)
    sort_at: Mapped[int] = mapped_column(BigInteger)


def bare_app(url: str) -> Flask:
    """Answer the peer: the same database, nothing but fifty rows."""
    app = Flask("bare")
    app.jinja_loader = DictLoader({"list.html": _BARE})  # compiled once, as a file is
    session = scoped_session(sessionmaker(create_engine(url)))
    app.teardown_appcontext(lambda _: session.remove())

    @app.get("/")
    def listing() -> str:
        newest = select(_Message).where(_Message.owner_id == 1).order_by(_Message.sort_at.desc(), _Message.id.desc())
        return render_template("list.html", messages=session.scalars(newest.limit(50)).all())

    @app.get("/<int:message_id>")
    def show(message_id: int) -> str:
        return f"{message_id}"

    return app


def web_client(url: str, folder: Path) -> FlaskClient:
    """Answer a browser whose user owns the mail of the database."""
    settings = Config(database_url=url, secret_file=folder / "secret", https=False, job_threads=0, argon2_memory=64)
    app = create_app(replace(settings, api_limit="100000 per minute", login_limit="1000 per minute"))
    client = app.test_client()
    door = "/login" if (folder / "registered").exists() else "/register"
    (folder / "registered").touch()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(door).text)
    form = {"email": "ada@example.org", "password": PASSWORD, "password_confirm": PASSWORD}
    client.post(door, data={**form, "csrf_token": token[1] if token else ""})
    return client


def main() -> None:
    """Tell pages a CPU second, the median wall time and the octets of one."""
    url, folder, page, rounds = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    if page == "door":  # who registers gets no mail that is there already
        web_client(url, folder)
        tell({})
        return
    if page == "bare":
        client, paths = bare_app(url).test_client(), ["/"]
    else:
        client, paths = web_client(url, folder), [one.format(id=sys.argv[5]) for one in PAGES[page]]
        _require_full(client.get(paths[0]).text, page)
    for path in paths * 5:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answers {answer.status_code}")
    walls, octets, cpu = [], 0, time.process_time()
    for _ in range(rounds):
        if page == "whole":  # what is kept of HTML that was shown is of no use where mail is opened for the first time
            client.application.extensions["mailhelper"]._wiring.shown.clear()
        before = time.perf_counter()
        octets = sum(len(client.get(path).data) for path in paths)
        walls.append((time.perf_counter() - before) * 1000)
    cpu = time.process_time() - cpu
    tell({"rate": rounds / cpu, "wall_ms": median(walls), "octets": float(octets)})


def _require_full(page: str, name: str) -> None:
    """Raise for a page that shows nothing of what it is measured for."""
    empty = re.findall(r'class="(?:red|yellow|green) empty"', page)
    if MARKS[name] not in page or empty:
        raise RuntimeError(f"the page {name} is empty: {len(empty)} fields of its matrix")


if __name__ == "__main__":
    main()
