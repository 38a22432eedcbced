"""The application as a WSGI server loads it: `gunicorn --worker-class gthread --threads 8 mailhelper_web.wsgi:app`."""

from __future__ import annotations

from mailhelper_web.app import create_app

app = create_app()
# Accounts are polled from the start, not from the first bell on.
app.extensions["mailhelper"].jobs.start()
