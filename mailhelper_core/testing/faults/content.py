"""F49-F61: messages and keywords that are unlike others, and answers about them that are wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from mailhelper_core.model.source.account import DEFAULT_SIZE_CAP_BYTES
from mailhelper_core.testing.faults.scripted import Outcome, Scene, ScriptedFault
from mailhelper_core.testing.imap.answer_actions import Apart, CutBody, EndAt, Lines, Twice, Unbalanced, WithItem
from mailhelper_core.testing.imap.fault_actions import Action, Answer, ExtraLines, MissingItem, NilBody
from mailhelper_core.testing.imap.faults import Fault
from mailhelper_core.testing.imap.server import ImapServer
from mailhelper_core.testing.wire.encode import flags

HUGE_MAIL_BYTES = 100_000_000
TWIN_MESSAGE_ID = "twin@example.org"

_BODIES = "BODY.PEEK[]"
_METADATA = "HEADER.FIELDS"
_MANY_KEYWORDS = tuple(f"keyword-{number}" for number in range(1000))


def _holds(name: str, title: str, *raws: Callable[[], bytes], outcome: Outcome = "continues") -> ScriptedFault:
    """Put mails into the mailbox."""

    def script(scene: Scene) -> None:
        for raw in raws:
            scene.mailbox.append(raw())

    return ScriptedFault(name, title, outcome, script, lasts=True)


def _date(variant: str, title: str, value: bytes) -> ScriptedFault:
    def script(scene: Scene) -> None:
        scene.add(Fault("UID FETCH", WithItem(b"INTERNALDATE", value, scene.uid), times=None))

    return ScriptedFault(f"F58{variant}", title, "continues", script, lasts=True)


def _bodies(
    name: str, title: str, outcome: Outcome, action: Callable[[int], Action], *, lasts: bool = False
) -> ScriptedFault:
    def script(scene: Scene) -> None:
        scene.add(Fault("UID FETCH", action(scene.uid), times=None if lasts else 1, having=_BODIES))

    return ScriptedFault(name, title, outcome, script, lasts=lasts)


def _always(name: str, title: str, outcome: Outcome, action: Callable[[int], Action], having: str) -> ScriptedFault:
    """Spoil what is fetched of one message for as long as it lasts."""

    def script(scene: Scene) -> None:
        scene.add(Fault("UID FETCH", action(scene.uid), times=None, having=having))

    return ScriptedFault(name, title, outcome, script, lasts=True)


def _flags(name: str, title: str, *names: str) -> ScriptedFault:
    return ScriptedFault(name, title, "continues", lambda scene: _flag(scene, names), lasts=True)


def _flag(scene: Scene, names: tuple[str, ...]) -> None:
    scene.mailbox.add_flags([scene.uid], names)


def _mail(text: str, message_id: str = "") -> Callable[[], bytes]:
    field = f"Message-ID: <{message_id}>\r\n" if message_id else ""
    return lambda: f"{field}From: ada@example.org\r\nSubject: {text}\r\n\r\n{text}\r\n".encode()


def _large(size: int) -> Callable[[], bytes]:
    head = b"Message-ID: <%d@example.org>\r\nSubject: large\r\n\r\n" % size
    line = b"0123456789abcdef" * 4 + b"\r\n"
    return lambda: head + line * ((size - len(head)) // len(line) + 1)


def _copy_elsewhere(scene: Scene) -> None:
    for name in ("Archive", "Sent"):
        scene.mailbox.copy([scene.uid], scene.user.mailbox(name))


def _only_system_flags(users: Mapping[str, str], without: Collection[str]) -> ImapServer:
    return ImapServer(users=users, without=without, permanent_keywords=())


def _part(uid: int) -> CutBody:
    return CutBody(uid, octets=10, says_so=True)


def _end_early(scene: Scene) -> None:
    uid = scene.mailbox.append(_large(4_000)())  # its Message-ID comes, so it is this mail
    scene.add(Fault("UID FETCH", CutBody(uid, octets=1_000), having=_BODIES))


def _nothing(_: Scene) -> None:
    """The server has the fault from its start on."""


def _nothing_permanent(scene: Scene) -> None:
    shown = flags(scene.mailbox.keywords.permanent())
    scene.add(Fault("SELECT", Lines(b"PERMANENTFLAGS " + shown, b"PERMANENTFLAGS ()"), times=None))


def _ignore_store(scene: Scene) -> None:
    scene.add(Fault("UID STORE", Answer("OK", "Store completed"), times=None))


CONTENT = (
    _holds("F49", "two mails of one Message-ID", _mail("one", TWIN_MESSAGE_ID), _mail("other", TWIN_MESSAGE_ID)),
    _holds("F50", "a mail without Message-ID", _mail("nameless")),
    ScriptedFault("F51", "the same mail in three mailboxes", "continues", _copy_elsewhere, lasts=True),
    _holds("F52", "a mail of 100 MB", _large(HUGE_MAIL_BYTES)),
    _holds(
        "F53", "a mail above the size cap", _large(DEFAULT_SIZE_CAP_BYTES + 1_000_000), outcome="quarantined"
    ),
    _bodies(
        "F54", "news of another message, without its uid", "continues",
        lambda _: ExtraLines((b"1 FETCH (FLAGS (\\Deleted))", b"2 FETCH (FLAGS (\\Seen))")),
    ),
    _bodies("F55", "every answer twice", "continues", lambda _: Twice()),
    _always("F55.apart", "what is told of a message in several answers", "continues", lambda _: Apart(), _METADATA),
    _bodies("F56", "a body that is NIL", "retried", NilBody),
    _always("F56.always", "a body that is NIL, each time", "quarantined", NilBody, _BODIES),
    _bodies("F56.missing", "an answer without its body", "retried", lambda uid: MissingItem("BODY[]", uid)),
    _bodies("F56.for-ever", "a body that is NIL, however often it is asked for", "quarantined", NilBody, lasts=True),
    _bodies(
        "F56.never", "an answer without its body, however often it is asked for", "quarantined",
        lambda uid: MissingItem("BODY[]", uid), lasts=True,
    ),
    _bodies("F56.empty", "a body without an octet", "retried", CutBody),
    _bodies("F56.always-empty", "a body without an octet, however often it is asked for", "quarantined", CutBody,
            lasts=True),
    _bodies("F56.part", "the first octets of a body, as the partial answer that nobody asked for", "retried", _part),
    _bodies("F56.always-part", "a partial answer, however often the whole is asked for", "quarantined", _part,
            lasts=True),
    ScriptedFault("F56.short", "a body that ends early", "noted", _end_early),
    _bodies("F57", "an answer without its uid", "continues", lambda uid: MissingItem("UID", uid)),
    _always("F57.metadata", "metadata of a message that cannot be read", "continues", Unbalanced, _METADATA),
    _always("F57.refused", "metadata of a message refused", "continues", EndAt, _METADATA),
    _always("F57.all-refused", "all but the flags of a message refused", "quarantined", EndAt, "BODY"),
    _date("", "INTERNALDATE is garbage", b'"garbage"'),
    _date(".nil", "INTERNALDATE is NIL", b"NIL"),
    _date(".year-0", "INTERNALDATE of the year 0", b'"01-Jan-0000 00:00:00 +0000"'),
    _date(".year-9999", "INTERNALDATE at the end of time", b'"31-Dec-9999 23:59:59 -1200"'),
    _date(".zone", "INTERNALDATE of an impossible zone", b'"01-Jan-2020 00:00:00 +9999"'),
    _flags("F59", "1,000 keywords on a message", *_MANY_KEYWORDS),
    _flags("F59.8-bit", "a keyword beyond ASCII", "schön"),
    ScriptedFault(
        "F60", "keywords cannot be stored", "continues", _nothing, "deliver", lasts=True, make=_only_system_flags
    ),
    ScriptedFault("F60.none", "PERMANENTFLAGS ()", "continues", _nothing_permanent, "deliver", lasts=True),
    ScriptedFault("F61", "STORE says OK and does nothing", "refused", _ignore_store, "deliver", lasts=True),
)  # fmt: skip
