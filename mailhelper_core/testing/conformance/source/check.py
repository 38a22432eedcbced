"""The suite for mail sources: one is read through twice, synced twice, and written to where that can be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from mailhelper_core.errors import LoginError, ServerError
from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.extension import SourceType
from mailhelper_core.model.mail.message import Message
from mailhelper_core.model.source.account import Account
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.server.url import parse_url
from mailhelper_core.testing.conformance.patience import Patience
from mailhelper_core.testing.conformance.source.refusals import READ_ONLY, UNKNOWN, must_raise
from mailhelper_core.testing.conformance.source.sessions import About, Look, check_methods, look_at
from mailhelper_core.testing.conformance.source.values import check_count, check_listed
from mailhelper_core.testing.conformance.source.writing import Desk, write_all
from mailhelper_core.testing.environment import Environment

_KEEP = "make uids of what identifies a message for ever, as with_uids does"


def check_source(
    source: SourceType,
    url: str,
    raws: Sequence[bytes],
    *,
    username: str = "",
    password: str = "",
    database: str = "",
    refused: str = "",
    away: str = "",
) -> None:
    """Check a source whose mailboxes together hold these messages, on a SQLite file or the database of a URL.

    Every mailbox is asked in every way; all answers agree, hold what they must and nothing that was not asked for; a
    second session says the same. What was put there is synced to the octet; a second sync fetches nothing and changes
    nothing. A source that can be written is: in two mailboxes of the check's own, which stay behind empty; everything
    else must be as it was. A call that does not come back in 30 s is named.

    refused: a password that must raise LoginError; away: a URL at which nobody answers, which must raise ServerError.
    """
    assert raws, "give it the messages that its mailboxes hold, two at least: of none there is nothing to check"
    visit = _Visit(source, url, raws, username, password)
    _patiently(visit.read)
    if refused:
        visit.refuses(LoginError, "a wrong password", password=refused)
    if away:
        visit.refuses(ServerError, "a server where nobody answers", url=away)
    plugin = _Plugin(source)
    with TemporaryDirectory() as folder, Environment.start(Path(folder), plugins=(plugin,), database=database) as env:
        account = env.ada.accounts.add(url, username=username, password=password)
        _patiently(lambda about: _sync_twice(env, account, raws, about))
        _patiently(lambda about: visit.write(env, account, about))


@dataclass(frozen=True, slots=True)
class _Visit:
    """A source, how to log in, and what is to be found there."""

    source: SourceType
    url: str
    raws: Sequence[bytes]
    username: str
    password: str

    def connect(self, about: About, *, url: str = "", password: str = "") -> MailSession:
        about(f"{self.source.name}: connect()")
        secret, options = password or self.password, {"timeout": "60.0"}
        return self.source.connect(parse_url(url or self.url, username=self.username, secret=secret, options=options))

    def read(self, about: About) -> None:
        """Read all of it in two sessions, one after the other: some servers let in only one."""
        first, second = self._session(about), self._session(about)
        _is_all(first, self.raws)
        assert first.keys() == second.keys(), "a second session lists other mailboxes"
        for name, look in first.items():
            valid, now = look.status.uid_validity, second[name].status.uid_validity
            assert valid == now, f"{name}: a second session says another uid_validity ({now}, not {valid}); {_KEEP}"
            same = second[name].bodies == look.bodies
            assert same, f"{name}: in a second session a uid is that of another message; {_KEEP}"

    def write(self, env: Environment, account: Account, about: About) -> None:
        """Write what a session can write, then let the engine do so; the mail that was there must stay as it is."""
        session = self.connect(about)
        if session.info.read_only:
            _closes(session)
            return
        desk = Desk(session, about)
        write_all(desk)
        _deliver(env, account, desk, about)
        desk.clear()
        about("close()")
        _closes(session)
        after = self._session(about)
        _is_all({name: look for name, look in after.items() if name not in desk.names}, self.raws)

    def refuses(self, kind: type[Exception], where: str, **otherwise: str) -> None:
        """Check that connecting otherwise raises what it must."""

        def check(about: About) -> None:
            says = "look up what the library that you use raises there, and raise this instead"
            must_raise(kind, where, lambda: self.connect(about, **otherwise).close(), says)

        _patiently(check)

    def _session(self, about: About) -> dict[str, Look]:
        session = self.connect(about)
        check_methods(session)
        check_count("commands", session.commands)
        about("mailboxes()")
        listed = list(session.mailboxes())
        for mailbox in listed:
            check_listed(mailbox)
        doubled = [name for name, count in Counter(mailbox.name for mailbox in listed).items() if count > 1]
        assert not doubled, f"mailboxes() lists {doubled[0]} twice"
        looks = {one.name: look_at(session, one.name, about) for one in listed if one.selectable}
        _refuses(session, looks, about)
        about("close()")
        for _ in range(2):
            _closes(session)
        return looks


def _patiently(check: Callable[[About], None]) -> None:
    patience: Patience[None] = Patience()
    patience.run(lambda: check(patience.about))


def _is_all(looks: Mapping[str, Look], raws: Sequence[bytes]) -> None:
    wanted = Counter(raws)
    for name, look in looks.items():
        doubled = Counter(look.bodies.values()) - wanted
        again = [raw for raw in doubled if raw in wanted]
        assert not again, f"{name}: a message that you gave once is there under two uids; give each one uid"
    found = {raw for look in looks.values() for raw in look.bodies.values()}
    there = f"of {len(wanted)} messages {len(wanted.keys() & found)} came as they are"
    advice = "bodies() gives the octets that you gave, line ends included, and mailboxes() lists all there are"
    assert found == wanted.keys(), f"{there}, and {len(found - wanted.keys())} that you did not give; {advice}"


def _refuses(session: MailSession, looks: Collection[str], about: About) -> None:
    """Ask for a mailbox that is not there, and for a change where the session says that it takes none."""
    name = f"none-{token_hex(8)}"
    for method, call in (("open", session.open), ("status", session.status)):
        about(f"{method}()")
        must_raise(ServerError, f"{method}() of a mailbox that is not there", lambda call=call: call(name), UNKNOWN)  # type: ignore[misc]
    if not session.info.read_only or not looks:
        return
    session.open(next(iter(looks)))
    flagged = frozenset(("\\Flagged",))
    for method, change in (
        ("store", lambda: session.store(session.uids().newest(1), add=flagged)),
        ("create", lambda: session.create(name)),
    ):
        about(f"{method}()")
        must_raise(ServerError, f"info says read_only, and {method}()", change, READ_ONLY)


def _closes(session: MailSession) -> None:
    try:
        session.close()
    except Exception as exc:
        raise AssertionError(
            f"close() raised {type(exc).__name__}; it must never raise, not when called twice"
        ) from exc


def _sync_twice(env: Environment, account: Account, raws: Sequence[bytes], about: About) -> None:
    about("a sync")
    first = env.ada.sync(account.id, progress=lambda _: about("a sync"))
    assert not first.errors, f"the first sync noted {first.errors[0].code} at {first.errors[0].where}"
    got = {env.ada.messages.raw(message.id) for message in _every(env, account)}
    assert got == set(raws), f"a sync stored {len(got & set(raws))} of {len(set(raws))} messages as they are"
    about("a second sync")
    second = env.ada.sync(account.id, progress=lambda _: about("a second sync"))
    changed = (second.new, second.updated, second.moved, second.deleted)
    assert changed == (0, 0, 0, 0), f"a second sync of the same mail changed {changed}"
    assert second.body_bytes == 0, f"a second sync fetched {second.body_bytes} octets again"


def _deliver(env: Environment, account: Account, desk: Desk, about: About) -> None:
    """Let an owner's deeds be carried out: a keyword and a move, which a sync must find as they were meant."""
    about("a delivery")
    first, second = desk.names
    desk.put(first)
    env.ada.sync(account.id)
    (message,) = (one for one in _every(env, account) if first in {place.mailbox for place in one.places})
    keyword = desk.keyword(second)
    if keyword:
        env.ada.messages.add_keyword([message.id], keyword)
    env.ada.messages.move([message.id], second)
    report = env.ada.outbox.deliver(account.id)
    noted = [f"{note.code}: {note.message}" for note in report.errors]
    assert not noted, f"a keyword and a move could not be delivered: {noted[0]}"
    assert not env.ada.outbox.pending(), "a keyword and a move were not confirmed: answer what the source says then"
    about("a sync after a delivery")
    again = env.ada.sync(account.id)
    changed = (again.new, again.updated, again.moved, again.deleted)
    assert changed == (0, 0, 0, 0), f"a sync after a delivery changed {changed}; what was told of it is not what is so"
    desk.holds(second, keyword)


def _every(env: Environment, account: Account) -> Iterator[Message]:
    page = env.ada.search("", limit=200)
    while True:
        yield from (message for message in page if message.account_id == account.id)
        if page.next is None:
            return
        page = env.ada.search("", limit=200, after=page.next)


class _Plugin:
    """A plugin with one source."""

    def __init__(self, source: SourceType) -> None:
        self._source = source

    @hookimpl
    def register_sources(self) -> Sequence[SourceType]:
        """Answer the source."""
        return [self._source]
