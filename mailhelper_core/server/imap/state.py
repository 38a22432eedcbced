"""What the verbs of one session share: the wire, what the server offers, the open mailbox."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap.command import Part, encode_name, string
from mailhelper_core.server.imap.wire import Wire

# Commands name at most so many messages: a refusal or a lost connection costs no more than this.
UIDS_A_COMMAND = 5_000


@dataclass(slots=True)
class SessionState:
    """One connection's memory. raw_names holds mailbox names that do not survive decoding.

    compresses says whether to ask for that where it is offered; refused names what is offered and was refused.
    unreadable is how many lines of the last listing could not be read.
    mod_seq is 0 while the open mailbox keeps none (NOMODSEQ, RFC 7162 3.1.2.2).
    """

    wire: Wire
    capabilities: frozenset[str]
    raw_names: dict[str, bytes] = field(default_factory=dict)
    compresses: bool = False
    enabled: frozenset[str] | None = None
    refused: frozenset[str] = frozenset()
    unreadable: int = 0
    mod_seq: int = 0
    read_only: bool = True
    body_bytes: int = 0

    def offers(self, *names: str) -> bool:
        """Say whether the server offers all of these capabilities."""
        return self.capabilities.issuperset(names)

    @property
    def has_mod_seq(self) -> bool:
        """Say whether the server keeps mod_seqs (QRESYNC implies CONDSTORE)."""
        return self.offers("CONDSTORE") or self.offers("QRESYNC")

    def require_writable(self) -> None:
        """Raise where Dovecot would answer OK and change nothing (EXAMINE, or no permission)."""
        if self.read_only:
            raise ServerError("the mailbox is read-only", code="read_only", transient=False)

    def mailbox(self, name: str) -> Part:
        """Write a mailbox name as the server spelt it."""
        return string(self.raw_name(name))

    def raw_name(self, name: str) -> bytes:
        """Answer the octets of a mailbox name as the server spelt it."""
        raw = self.raw_names.get(name)
        if raw is not None:
            return raw
        encoded = encode_name(name)
        is_new = self.offers("IMAP4REV2") and not self.offers("IMAP4REV1")
        # Who knows the new version alone takes names as they are (RFC 9051 5.1).
        return name.encode("utf-8") if is_new else encoded

    def uids_a_command(self, uids: UidSet) -> int:
        """Answer how many uids of this set one command may name; sparse sets may name more."""
        return UIDS_A_COMMAND * max(1, len(uids) // max(1, self.wire.exists))
