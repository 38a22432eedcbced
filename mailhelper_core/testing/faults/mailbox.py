"""F40-F48, F62-F68: mailboxes that change under the client, and what a server cannot do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from mailhelper_core.testing.faults.scripted import Outcome, Scene, ScriptedFault, Target
from mailhelper_core.testing.imap.answer_actions import Emptied, Ending, Lines
from mailhelper_core.testing.imap.fault_actions import Answer, Call, ExtraLines, Interrupt
from mailhelper_core.testing.imap.faults import ANY_COMMAND, Fault
from mailhelper_core.testing.imap.server import ImapServer
from mailhelper_core.testing.protocol.capabilities import GMAIL

ALL_MAIL = "[Gmail]/All Mail"

_ODD_NAMES = ("A & B", "100% *sure", "Entwürfe/Größe", "日本語", "&AOQ-", "(1)", "[odd]", "x" * 120)
_TELLS_UID_VALIDITY = ("LIST", "STATUS", "EXAMINE", "SELECT")
_INBOX = Target()
# INBOX can be neither renamed nor deleted.
_OTHER = Target(mailbox="Archive")


def _changes(name: str, title: str, script: Callable[[Scene], None], target: Target = _INBOX) -> ScriptedFault:
    """Change mail that a client has stored."""
    return ScriptedFault(name, title, "continues", script, needs_sync=True, target=target)


def _uid_validity(name: str, title: str, outcome: Outcome, by: bytes) -> ScriptedFault:
    def script(scene: Scene) -> None:
        lines = Lines(b"UIDVALIDITY %d" % scene.mailbox.uid_validity, by)
        scene.add(*(Fault(command, lines, times=None) for command in _TELLS_UID_VALIDITY))

    return ScriptedFault(name, title, outcome, script, lasts=True)


def _names(name: str, title: str, *names: str, delimiter: str = "/") -> ScriptedFault:
    def make(users: Mapping[str, str], without: Collection[str]) -> ImapServer:
        return ImapServer(users=users, without=without, delimiter=delimiter)

    def script(scene: Scene) -> None:
        for one in names:
            scene.user.create(one.replace("/", delimiter)).append(b"Subject: there\r\n\r\nText.\r\n")

    return ScriptedFault(name, title, "continues", script, lasts=True, make=make)


def _renumber(scene: Scene) -> None:
    scene.mailbox.renumber()


def _always_renumber(scene: Scene) -> None:
    renumber = Call(scene.mailbox.renumber)
    scene.add(Fault("EXAMINE", renumber, times=None), Fault("SELECT", renumber, times=None))


def _expunge_before_fetch(scene: Scene) -> None:
    mailbox, uid = scene.mailbox, scene.uid
    scene.add(Fault("UID FETCH", Call(lambda: mailbox.expunge([uid])), having="BODY.PEEK[]"))


def _expunge_before_store(scene: Scene) -> None:
    mailbox, uid = scene.mailbox, scene.uid
    gone = Ending("NO", "EXPUNGEISSUED")
    scene.add(Fault("UID STORE", Call(lambda: mailbox.expunge([uid]))), Fault("UID STORE", gone))


def _rename(scene: Scene) -> None:
    scene.user.rename(scene.target.mailbox, f"{scene.target.mailbox} (renamed)")


def _delete(scene: Scene) -> None:
    scene.user.delete(scene.target.mailbox)


def _delete_and_create(scene: Scene) -> None:
    _delete(scene)
    scene.user.create(scene.target.mailbox).append(b"Subject: new here\r\n\r\nText.\r\n")


def _pretend_empty(scene: Scene) -> None:
    scene.add(Fault(ANY_COMMAND, Emptied(), times=None))


def _rewind(scene: Scene) -> None:
    scene.mailbox.rewind_mod_seqs()
    scene.mailbox.add_flags([scene.uid], ["\\Flagged"])


def _restore(scene: Scene) -> None:
    box = scene.mailbox
    lost = box.uids[-2:]
    box.expunge(lost)
    box.uid_next = lost[0]
    box.append(b"Subject: after the backup\r\nMessage-ID: <after@example.org>\r\n\r\nText.\r\n")
    box.rewind_mod_seqs()


def _keep_no_mod_seqs(scene: Scene) -> None:
    scene.mailbox.keeps_mod_seqs = False
    scene.mailbox.add_flags([scene.uid], ["\\Flagged"])


def _plain(users: Mapping[str, str], without: Collection[str]) -> ImapServer:
    return ImapServer(users=users, without={*without, "MOVE", "UIDPLUS"})


def _gmail(users: Mapping[str, str], without: Collection[str]) -> ImapServer:
    return ImapServer(users=users, capabilities=GMAIL, without=[name for name in without if name in GMAIL])


def _nothing(_: Scene) -> None:
    """The server has the fault from its start on."""


def _list_broken_name(scene: Scene) -> None:
    scene.add(Fault("LIST", ExtraLines((b'LIST () "/" "Broken &AO name"',)), times=None))


def _list_without_delimiter(scene: Scene) -> None:
    scene.add(Fault("LIST", Lines(b' "/" ', b" NIL "), times=None))


def _drop_after_append(scene: Scene) -> None:
    scene.add(Fault("APPEND", Interrupt("tag")))


def _undo_first(scene: Scene) -> None:
    scene.mailbox.remove_flags([scene.uid], ["\\Seen"])
    scene.mailbox.add_flags([scene.uid], ["\\Flagged"])


def _spell_inbox(scene: Scene) -> None:
    scene.add(Fault("LIST", Lines(b'"INBOX"', b'"inbox"'), times=None))


def _show_all_mail(scene: Scene) -> None:
    scene.mailbox.copy(scene.mailbox.uids, scene.user.create(ALL_MAIL, role="\\All"))


def _pretends(variant: str, title: str, command: str, refusal: Answer) -> ScriptedFault:
    def script(scene: Scene) -> None:
        scene.add(Fault(command, refusal, times=None))

    options = (("compress", "always"),) if command == "COMPRESS" else ()
    return ScriptedFault(f"F63.{variant}", title, "continues", script, options=options, lasts=True)


_PRETENCES = (
    ("enable", "QRESYNC is named and ENABLE refused", "ENABLE", Answer("NO", "No such extension")),
    ("enable-bad", "QRESYNC is named and ENABLE unknown", "ENABLE", Answer("BAD", "Unknown command")),
    ("compress", "COMPRESS is named and refused", "COMPRESS", Answer("NO", "Not now")),
    ("compress-bad", "COMPRESS is named and unknown", "COMPRESS", Answer("BAD", "Unknown command")),
)

MAILBOX = (
    _changes("F40", "UIDVALIDITY changes", _renumber),
    ScriptedFault(
        "F41", "UIDVALIDITY changes at every SELECT", "paused", _always_renumber, lasts=True, needs_sync=True
    ),
    _uid_validity("F42", "no UIDVALIDITY", "refused", b"X-UIDVALIDITY 0"),
    _uid_validity("F42.zero", "UIDVALIDITY 0", "refused", b"UIDVALIDITY 0"),
    _uid_validity("F42.large", "UIDVALIDITY beyond 32 bits", "continues", b"UIDVALIDITY 99999999999"),
    ScriptedFault("F43", "a message is expunged before its FETCH", "continues", _expunge_before_fetch),
    ScriptedFault("F44", "a message is expunged before its STORE", "continues", _expunge_before_store, "deliver"),
    _changes("F45", "mailbox renamed", _rename, _OTHER),
    _changes("F46", "mailbox deleted", _delete, _OTHER),
    _changes("F47", "mailbox deleted and created again", _delete_and_create, _OTHER),
    ScriptedFault(
        "F48", "for a while the server says that all mail is gone", "continues", _pretend_empty, lasts=True,
        needs_sync=True,
    ),
    _changes("F62", "HIGHESTMODSEQ goes back; a message was flagged", _rewind),
    _changes("F62.none", "mod-sequences are gone (NOMODSEQ); a message was flagged", _keep_no_mod_seqs),
    _changes("F62.restored", "an older backup under the same UIDVALIDITY: a uid comes again, for other mail", _restore),
    ScriptedFault("F63", "neither MOVE nor UIDPLUS", "continues", _nothing, "deliver", lasts=True, make=_plain),
    *(_pretends(*one) for one in _PRETENCES),
    _names("F64", "odd mailbox names", *_ODD_NAMES),
    _names("F64.dot", "a dot between levels", "Projects/2024/Done", delimiter="."),
    _names("F64.thousand", "1,000 mailboxes", *(f"box {number}" for number in range(1000))),
    ScriptedFault("F64.utf-7", "a name in broken UTF-7", "continues", _list_broken_name, lasts=True),
    ScriptedFault("F64.nil", "no hierarchy", "continues", _list_without_delimiter, lasts=True),
    ScriptedFault("F65", "connection drops after APPEND was done", "continues", _drop_after_append, "deliver"),
    ScriptedFault(
        "F66", "another client removed \\Seen and added \\Flagged first", "continues", _undo_first, "deliver",
        needs_sync=True,
    ),
    ScriptedFault("F67", "INBOX is spelt inbox", "continues", _spell_inbox, lasts=True),
    ScriptedFault("F68", "a mailbox with all mail", "continues", _show_all_mail, lasts=True),
    ScriptedFault("F68.gmail", "Gmail's own, with labels", "continues", _show_all_mail, lasts=True, make=_gmail),
)  # fmt: skip
