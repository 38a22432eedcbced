"""A user in a browser: a session of its own, steps as people take them, forms with their token, and what follows."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import cycle
from urllib.parse import urlencode

from bench.children.web.answers import Answers

PASSWORD = "correct horse battery"
TIMEOUT_SECONDS = 60
SEE_OTHER = (302, 303)
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_ROW = re.compile(r'data-id="(\d+)"')
# A page that a message has opened unread sends this by itself.
_MARKS_READ = re.compile(r'hx-post="(/mail/\d+/read[^"]*)"')


class VisitError(Exception):
    """A page is not what a person would go on from."""


class Visitor:
    """User NUMBER at one connection; every request is kept in `answers` under the step that is being taken."""

    def __init__(self, port: int, number: int, account_id: int) -> None:
        self.answers = Answers()
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        self._email, self._account_id = f"user{number}@example.org", account_id
        self._cookie = self._token = self._step = ""
        self._rows: list[str] = []
        self._opened = self._asked = 0
        self._is_in = False
        self.steps: Mapping[str, Callable[[], None]] = {
            "log_in": self._log_in, "start": self._start, "list": self._list, "message": self._message,
            "search": self._search, "correct": self._correct, "sync": self._sync, "summary": self._summary,
        }  # fmt: skip

    def walk(self, steps: Iterable[str], *, begin: float, ends: float, pause: float) -> None:
        """Take steps over and over, so that requests are `pause` apart on average, until the time is over."""
        due = begin
        for step in cycle(steps):
            if due >= ends:
                break
            time.sleep(max(0.0, due - time.monotonic()))
            due += pause * self._take(step)

    def arrive(self) -> None:
        """Log in and look at the list, before anything is measured; raise VisitError where that fails."""
        for step in ("log_in", "list"):
            self._take(step)
        if self.answers.errors or self.answers.refused or not self._rows:
            raise VisitError(f"no log-in or no mail: {self.answers}")
        self.answers = Answers()
        self.close()  # the server would, before the walk begins, and a browser would open another

    def ask(self, path: str) -> None:
        """Ask for one page."""
        self._step = "page"
        self._get(path)

    def go_on_as(self, other: Visitor) -> None:
        """Use the session of another browser."""
        self._cookie, self._token, self._is_in = other._cookie, other._token, other._is_in

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _take(self, step: str) -> int:
        self._asked = 0
        if not self._is_in and step != "log_in":  # who was told to come back does
            self._begin("log_in")
        if self._is_in or step == "log_in":
            self._begin(step)
        return self._asked

    def _begin(self, step: str) -> None:
        self._step = step
        self.steps[step]()

    def _log_in(self) -> None:
        """Begin a session: the one before ends."""
        refused = self.answers.refused
        if self._is_in and self._post("/logout", {}):
            self._is_in = False
        self._get("/login")
        if self.answers.refused > refused:
            return  # without its page there is nothing to fill in
        before = self._cookie
        self._post("/login", {"email": self._email, "password": PASSWORD})
        self._is_in = self._cookie != before  # it has another name afterwards
        self.answers.errors += not self._is_in and self.answers.refused == refused

    def _start(self) -> None:
        self._get("/")

    def _list(self) -> None:
        self._rows = _ROW.findall(self._get("/mail/?view=inbox")) or self._rows

    def _search(self) -> None:
        self._get("/mail/?" + urlencode({"q": "the OR der is:read"}))

    def _message(self) -> None:
        """Open a message: its page, the frame in it, and what the page sends where it was unread."""
        address = f"/mail/{self._next_row()}"
        unread = _MARKS_READ.search(self._get(address))
        self._get(f"{address}/frame")
        if unread:
            self._post(unread[1].replace("&amp;", "&"), {})

    def _correct(self) -> None:
        row = self._next_row()
        self._post("/actions", {"id": row, "act": f"urgency:{self._opened % 3 + 1}", "next": f"/mail/{row}"})

    def _sync(self) -> None:
        self._post(f"/jobs/run/{self._account_id}", {})

    def _summary(self) -> None:
        row = self._next_row()
        self._post(f"/mail/{row}/summary", {"next": f"/mail/{row}"})

    def _next_row(self) -> str:
        self._opened += 1
        return self._rows[self._opened % len(self._rows)]

    def _get(self, path: str) -> str:
        _, text = self._request("GET", path, {}, "")
        return text

    def _post(self, path: str, form: Mapping[str, str]) -> str:
        """Send a form, go on where it leads, and answer where that is."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        location, _ = self._request("POST", path, headers, urlencode({**form, "csrf_token": self._token}))
        if location:
            step, self._step = self._step, "next"
            self._get(location)
            self._step = step
        return location

    def _request(self, method: str, path: str, headers: Mapping[str, str], body: str) -> tuple[str, str]:
        """Answer where to go on, if elsewhere, and the page; what fails is counted and answers nothing."""
        self._asked += 1
        before = time.perf_counter()
        try:
            self._connection.request(method, path, body or None, {**headers, "Cookie": self._cookie})
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self.answers.errors += 1
            return "", ""
        wall = (time.perf_counter() - before) * 1000
        location = answer.getheader("Location") or ""
        self._remember(answer, text)
        if answer.status in (429, 503) and answer.getheader("Retry-After"):
            self.answers.refused += 1
        elif answer.status == 200 or (answer.status in SEE_OTHER and self._leads_on(location)):
            self.answers.walls[self._step].append(wall)
        else:
            self.answers.errors += 1
        return location, text

    def _leads_on(self, location: str) -> bool:
        """Say whether a form did what it should: to the door it leads whoever is not known any more."""
        return self._step == "log_in" or not location.startswith("/login")

    def _remember(self, answer: http.client.HTTPResponse, text: str) -> None:
        self._cookie = (answer.getheader("Set-Cookie") or self._cookie).partition(";")[0]
        found = _TOKEN.search(text)
        self._token = found[1] if found else self._token
