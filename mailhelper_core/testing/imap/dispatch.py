"""Run one command: find its handler, check state and capability, and put the mailbox's news before its end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailhelper_core.testing.commands.flow import Command, Flow
from mailhelper_core.testing.commands.notify import news
from mailhelper_core.testing.commands.table import COMMANDS
from mailhelper_core.testing.protocol.responses import Done, Refused, Response, status
from mailhelper_core.testing.protocol.session import Session, State
from mailhelper_core.testing.wire.scanner import Scanner, WireError

_HEAD = re.compile(rb"""([^\x00-\x20\x7f-\xff(){%*"\\+]+) ((?:UID )?[^\x00-\x20\x7f-\xff(){%*"\\\]]+)""", re.I)


@dataclass(frozen=True, slots=True)
class Call:
    """A command as the client sent it: its tag, its name in upper case, its arguments as bytes."""

    tag: str
    name: str
    arguments: bytes

    @classmethod
    def read(cls, data: bytes) -> Call | None:
        """Read tag and name; None when there are none."""
        match = _HEAD.match(data)
        if match is None:
            return None
        return cls(match[1].decode("ascii"), match[2].decode("ascii").upper(), data[match.end() :])


def execute(session: Session, call: Call | None) -> Flow:
    """Yield the responses to a command, the tagged one last."""
    if call is None:
        yield status("BAD", "Invalid tag or command")
        return
    session.tag = call.tag
    command = COMMANDS.get(call.name)
    problem = _problem(session, command)
    if command is None or problem is not None:
        yield Done("BAD", problem or "Unknown command")
        return
    if session.view is not None and session.view.is_stale and State.AUTHENTICATED not in command.states:
        yield from session.updates(expunges=False)  # what it asks about would be other messages by now
    yield from _run(session, command, Scanner(call.arguments))


def _problem(session: Session, command: Command | None) -> str | None:
    if command is None or (command.needs is not None and not session.can(command.needs)):
        return "Unknown command"
    return None if session.state in command.states else "Command not valid in this state"


def _run(session: Session, command: Command, args: Scanner) -> Flow:
    flow = command.handler(session, args)
    answer: bytes | None = None
    while True:
        response = _next(flow, answer)
        if response is None:
            return
        if isinstance(response, Done):
            yield from session.updates(expunges=not command.defers_expunges, with_uid=command.with_uid)
            yield from news(session)
        answer = yield response


def _next(flow: Flow, answer: bytes | None) -> Response | None:
    """Answer the next response; a refused or malformed command ends with one."""
    try:
        return flow.send(answer)
    except StopIteration:
        return None
    except Refused as refused:
        return Done("NO", refused.text, refused.code)
    except WireError as error:
        return Done("BAD", str(error))
