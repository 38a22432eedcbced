"""Does what a session writes arrive? Each deed is tried in two mailboxes of the check's own, and then looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from secrets import token_hex

from mailhelper_core.errors import ServerError
from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.source.remote import MailSession, Placed, RemoteFlags
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.testing.conformance.source.refusals import UNKNOWN, must_raise
from mailhelper_core.testing.conformance.source.sessions import About, Look, look_at

_RAW = (
    b"From: Ada <ada@example.org>\r\nDate: Mon, 02 Mar 2026 08:00:00 +0000\r\nMessage-ID: <%s@check.example>\r\n"
    b"Subject: What a check has written\r\n\r\nText.\r\n"
)
_TOLD = "answer Placed(uid_validity, pairs) of the mailbox that they went to, or Placed() where the source does not say"


@dataclass(frozen=True, slots=True)
class Desk:
    """A session that can write, and two mailboxes to write into."""

    session: MailSession
    about: About
    names: tuple[str, str] = field(default_factory=lambda: (f"check-{token_hex(6)}", f"check-{token_hex(6)}"))

    def look(self, name: str) -> Look:
        """Read a mailbox, in every way."""
        return look_at(self.session, name, self.about)

    def put(self, name: str, keywords: frozenset[str] = frozenset()) -> tuple[int, bytes]:
        """Append a message, and answer its uid and octets."""
        before, raw = self.look(name), _RAW % token_hex(8).encode("ascii")
        self.about(where := f"{name}: append()")
        placed = self.session.append(name, raw, keywords=keywords)
        after = self.look(name)
        new = [uid for uid, found in after.bodies.items() if uid not in before.bodies and found == raw]
        assert new, f"{where}: the message is not there as it was given; keep its octets"
        _is_told(where, placed, after, {0: new[0]})
        return new[0], raw

    def open(self, name: str) -> frozenset[str] | None:
        """Open a mailbox for writing, and answer the keywords that it can keep: None for any."""
        self.about(where := f"{name}: open(writable=True)")
        opened = self.session.open(name, writable=True)
        assert not opened.read_only, f"{where} answers read_only, where info does not; say so there, or let it be False"
        return opened.permanent_keywords

    def keyword(self, name: str) -> str:
        """Answer a keyword that a mailbox can keep, empty where it keeps none."""
        kept = self.open(name)
        return FLAGGED if kept is None or FLAGGED in kept else next(iter(sorted(kept)), "")

    def holds(self, name: str, keyword: str) -> None:
        """Check that a mailbox holds one message, with this keyword."""
        found = self.look(name)
        assert len(found.metadata) == 1, f"{name}: what was moved there is not there"
        (only,) = found.metadata.values()
        assert not keyword or keyword in only.keywords, f"{name}: the message has not got its keyword {keyword}"

    def clear(self) -> None:
        """Remove what the check has written."""
        for name in self.names:
            self.open(name)
            self.about(where := f"{name}: expunge()")
            self.session.expunge(self.session.uids())
            assert not self.look(name).uids, f"{where} left messages behind that it was given"


def write_all(desk: Desk) -> None:
    """Try every deed, and leave both mailboxes empty."""
    _creates(desk)
    first, second = desk.names
    kept = desk.open(first)
    seen = frozenset({SEEN}) & (kept if kept is not None else {SEEN})
    one, _ = desk.put(first, seen)
    two, _ = desk.put(first)
    now = desk.look(first).metadata
    assert seen <= now[one].keywords, f"{first}: append() lost the keyword {SEEN}"
    assert not seen & now[two].keywords, f"{first}: append() without keywords set {SEEN}"
    _stores(desk, first, one)
    _copies(desk, one)
    _moves(desk, two)
    _removes(desk, second)
    _refuses(desk, first)
    desk.clear()


def _creates(desk: Desk) -> None:
    for name in desk.names:
        desk.about(where := f"{name}: create()")
        desk.session.create(name)
        try:
            desk.session.create(name)
        except Exception as exc:
            kind = type(exc).__name__
            raise AssertionError(f"{where} of a mailbox that is there raised {kind}; that is no error") from exc
        listed = {one.name for one in desk.session.mailboxes() if one.selectable}
        assert name in listed, f"{where}: mailboxes() does not list it afterwards"
        assert not desk.look(name).uids, f"{where}: it holds messages already"


def _stores(desk: Desk, name: str, uid: int) -> None:
    """Set a keyword on one of two messages, and take it back."""
    keyword = desk.keyword(name)
    if not keyword:
        return
    before = desk.look(name)
    for add, remove in ((frozenset({keyword}), frozenset[str]()), (frozenset[str](), frozenset({keyword}))):
        known = desk.look(name).status.highest_mod_seq
        wanted = (before.metadata[uid].keywords | add) - remove
        desk.open(name)
        desk.about(where := f"{name}: store()")
        told = list(desk.session.store(UidSet.of([uid]), add=add, remove=remove))
        after = desk.look(name)
        _is_stored(where, before, after, uid, wanted)
        _is_confirmed(where, told, uid, wanted)
        if desk.session.info.has_mod_seq:
            _is_noted(desk, name, uid, known, after)
    _heeds_changes(desk, name, uid, keyword)


def _is_stored(where: str, before: Look, after: Look, uid: int, wanted: frozenset[str]) -> None:
    found = after.metadata[uid].keywords
    assert found == wanted, f"{where}: the message has {sorted(found)} afterwards, and not {sorted(wanted)}"
    others = [one for one in before.metadata if one != uid]
    touched = [one for one in others if after.metadata[one].keywords != before.metadata[one].keywords]
    assert not touched, f"{where} changed uid {touched[:1]}, which it was not given" if touched else ""


def _is_confirmed(where: str, told: list[RemoteFlags], uid: int, wanted: frozenset[str]) -> None:
    for one in told:
        assert isinstance(one, RemoteFlags), f"{where} answered a {type(one).__name__}; answer RemoteFlags, or nothing"
        is_right = (one.uid, one.keywords) == (uid, wanted)
        assert is_right, f"{where} answered other keywords than the message has then; say nothing where that is unknown"


def _is_noted(desk: Desk, name: str, uid: int, known: int, after: Look) -> None:
    """Check that a change shows to who asks for changes alone."""
    rose = after.status.highest_mod_seq > known
    assert rose, f"{name}: info says has_mod_seq, and store() did not raise highest_mod_seq"
    desk.about(where := f"{name}: flags(changed_since=)")
    changed = {one.uid for one in desk.session.flags(after.uids, changed_since=known)}
    assert changed == {uid}, f"{where} answers uids {sorted(changed)} where uid {uid} was changed since"


def _heeds_changes(desk: Desk, name: str, uid: int, keyword: str) -> None:
    """A change that rests on what was so must not be made once that has changed."""
    if not desk.session.info.has_mod_seq:
        return
    known = desk.look(name).metadata[uid].mod_seq
    desk.open(name)
    desk.session.store(UidSet.of([uid]), add=frozenset({keyword}))
    desk.about(where := f"{name}: store(unchanged_since=)")
    told = list(desk.session.store(UidSet.of([uid]), remove=frozenset({keyword}), unchanged_since=known))
    is_kept = keyword in desk.look(name).metadata[uid].keywords
    assert is_kept, f"{where} changed a message that had changed since; leave it, and answer nothing for it"
    assert not told, f"{where} answered a message that it must leave; answer nothing for it"


def _copies(desk: Desk, uid: int) -> None:
    source, target = desk.names
    before = desk.look(source)
    desk.open(source)
    desk.about(where := f"{source}: copy()")
    placed = desk.session.copy(UidSet.of([uid]), target)
    _has_arrived(desk, where, placed, before, uid)
    assert desk.look(source).bodies == before.bodies, f"{where} changed the mailbox that was copied from"


def _moves(desk: Desk, uid: int) -> None:
    source, _ = desk.names
    before = desk.look(source)
    desk.open(source)
    desk.about(where := f"{source}: move()")
    placed = desk.session.move(UidSet.of([uid]), desk.names[1])
    left = {one: raw for one, raw in before.bodies.items() if one != uid}
    assert desk.look(source).bodies == left, f"{where} must take what was moved away from where it was, and no more"
    _has_arrived(desk, where, placed, before, uid)


def _has_arrived(desk: Desk, where: str, placed: Placed, before: Look, uid: int) -> None:
    found = desk.look(desk.names[1])
    arrived = [one for one, raw in found.bodies.items() if raw == before.bodies[uid]]
    assert len(arrived) == 1, f"{where}: the message is there {len(arrived)} times, and not once as it was"
    keywords = found.metadata[arrived[0]].keywords
    assert keywords == before.metadata[uid].keywords, f"{where}: the message has other keywords there; take them along"
    _is_told(where, placed, found, {uid: arrived[0]})


def _is_told(where: str, placed: Placed, target: Look, pairs: dict[int, int]) -> None:
    assert isinstance(placed, Placed), f"{where} answered a {type(placed).__name__}; {_TOLD}"
    # Where new uids may be any, nobody can look for what has arrived above a number.
    must = target.status.uid_next == 0 and 0 not in pairs
    assert placed.uids or not must, f"{where} says not where it went, and uid_next is 0; answer Placed with pairs"
    if placed.uids:
        is_so = dict(placed.uids) == pairs and placed.uid_validity == target.status.uid_validity
        assert is_so, f"{where} answered {placed}, where the pairs are {pairs}; {_TOLD}"


def _removes(desk: Desk, name: str) -> None:
    """Remove one of two messages for good."""
    before = desk.look(name)
    lowest = min(before.bodies)
    desk.open(name)
    desk.about(where := f"{name}: expunge()")
    desk.session.expunge(UidSet.of([lowest]))
    left = {uid: raw for uid, raw in before.bodies.items() if uid != lowest}
    assert desk.look(name).bodies == left, f"{where} must remove what it was given, and nothing else"


def _refuses(desk: Desk, name: str) -> None:
    """Copy, move and append into a mailbox that is not there: nothing may be lost by it."""
    before = desk.look(name)
    nowhere, uids = f"none-{token_hex(6)}", UidSet.of(before.bodies)
    for method, deed in (
        ("copy", lambda: desk.session.copy(uids, nowhere)),
        ("move", lambda: desk.session.move(uids, nowhere)),
        ("append", lambda: desk.session.append(nowhere, _RAW % b"nowhere")),
    ):
        desk.open(name)
        desk.about(where := f"{method}()")
        must_raise(ServerError, f"{where} into a mailbox that is not there", deed, UNKNOWN)
        assert desk.look(name).bodies == before.bodies, f"{where} into a mailbox that is not there lost messages"
