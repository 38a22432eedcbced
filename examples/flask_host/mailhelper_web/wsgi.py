"""The application as a WSGI server loads it: `gunicorn --worker-class gthread --threads 160 mailhelper_web.wsgi:app`.

More threads than work at once (`crowd`): the others wait there, and who waits too long is told so instead of nothing.
Jobs begin with the first request of a process, such as a load balancer's to /health/live, so that `--preload` may fork
before; `mailhelper-web serve` begins them at once, in a process of their own.
"""

from __future__ import annotations

from mailhelper_core import logs_from_env
from mailhelper_web.app import create_app
from mailhelper_web.serve import Beginning

logs_from_env()  # of the library and this host; the server's own lines are the server's
app = create_app()
app.wsgi_app = Beginning(app)  # type: ignore[method-assign]
