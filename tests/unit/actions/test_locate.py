"""Copies are found again by what they are, and each only once; two of one header are told apart, or left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.actions.ledger import retry_wait
from mailhelper_core.actions.locate import Found, Sought, candidates
from mailhelper_core.mime.identity import header_fields, match_key
from mailhelper_core.model.source.remote import RemoteMetadata
from mailhelper_core.store.work.identities import Identity

AT = datetime(2026, 3, 1, tzinfo=UTC)


def header(name: str) -> bytes:
    """The header of a message; without a name it has no Message-ID."""
    message_id = f"Message-ID: <{name}@example.org>\r\n" if name else ""
    return f"{message_id}Subject: {name}\r\n\r\n".encode()


@dataclass(frozen=True)
class Mail:
    """What a message is: its header by a name, and its body; twins have one name."""

    name: str
    body: str = "text"

    @property
    def digest(self) -> bytes:
        return sha256(header(self.name) + self.body.encode()).digest()


def seen(uid: int, mail: Mail, *, at: datetime = AT, remote_id: str = "") -> RemoteMetadata:
    return RemoteMetadata(uid, frozenset(), at, len(mail.body), header(mail.name), remote_id=remote_id)


def sought(
    id_: int, mail: Mail, *, from_uid: int = 1, needs_proof: bool = False, digest: bool = True, remote_id: str = ""
) -> Sought:
    key = match_key(header_fields(header(mail.name)), AT)
    message_id = f"{mail.name}@example.org" if mail.name else ""
    identity = Identity(
        key, message_id, len(mail.body), False, digest=mail.digest if digest else None, remote_id=remote_id
    )
    return Sought(id_, identity, from_uid, needs_proof)


def find(wanted: list[Sought], there: dict[int, Mail], taken: set[int] | None = None) -> Found:
    """Search as a delivery does: bodies are read only where they are asked for."""
    able = candidates(wanted, [seen(uid, mail) for uid, mail in there.items()], taken or set())
    return able.resolve({uid: there[uid].digest for uid in able.to_read()})


def test_message_is_found_by_its_match_key_and_no_body_is_read() -> None:
    able = candidates([sought(7, Mail("b"))], [seen(1, Mail("a")), seen(2, Mail("b"))], ())

    assert able.at_sight() == {7: 2}
    assert not able.to_read()


def test_copy_with_a_new_internal_date_is_found_by_message_id_and_size() -> None:
    later = datetime(2026, 3, 9, tzinfo=UTC)

    assert candidates([sought(7, Mail("a"))], [seen(4, Mail("a"), at=later)], ()).at_sight() == {7: 4}
    assert candidates([sought(7, Mail("a"))], [seen(4, Mail("a", "longer"), at=later)], ()).at_sight() == {}


def test_what_was_there_before_is_no_arrival() -> None:
    assert find([sought(7, Mail("a"), from_uid=5)], {4: Mail("a")}) == Found({})


def test_place_of_another_message_is_no_arrival() -> None:
    assert find([sought(7, Mail("a"))], {4: Mail("a")}, {4}) == Found({})


def test_twin_of_another_size_is_no_arrival() -> None:
    assert find([sought(7, Mail("a", "one"))], {4: Mail("a", "three")}) == Found({})


def test_twin_of_one_size_is_no_arrival_where_proof_is_asked_for() -> None:
    assert find([sought(7, Mail("a", "one"), needs_proof=True)], {4: Mail("a", "two")}) == Found({})
    assert find([sought(7, Mail("a", "one"), needs_proof=True)], {4: Mail("a", "one")}) == Found({7: 4})


def test_what_has_no_digest_is_left_open_where_proof_is_asked_for() -> None:
    wanted = [sought(7, Mail("a"), needs_proof=True, digest=False)]

    assert find(wanted, {4: Mail("a")}) == Found({}, frozenset({7}))
    assert find(wanted, {4: Mail("b")}) == Found({})


def test_body_that_cannot_be_read_leaves_it_open() -> None:
    able = candidates([sought(7, Mail("a"), needs_proof=True)], [seen(4, Mail("a"))], ())

    assert able.resolve({}) == Found({}, frozenset({7}))


def test_the_server_s_own_identity_tells_two_apart_but_proves_nothing() -> None:
    wanted = sought(7, Mail("a"), digest=False, remote_id="M1")
    there = [seen(4, Mail("a"), remote_id="M2"), seen(5, Mail("a"), remote_id="M1")]

    assert candidates([wanted], there, ()).resolve({}) == Found({7: 5})
    proof = sought(7, Mail("a"), needs_proof=True, digest=False, remote_id="M1")
    assert candidates([proof], there, ()).resolve({}) == Found({}, frozenset({7}))


# "one" and "two" are of one size; without a name there is no Message-ID.
mails = st.builds(Mail, st.sampled_from(["a", "b", ""]), st.sampled_from(["one", "two", "three"]))


@given(st.sets(mails, max_size=6), st.lists(mails, max_size=6), st.sets(st.integers(1, 6)), st.data())
def test_what_is_found_is_the_very_message_unless_it_fitted_alone(
    wanted: set[Mail], there: list[Mail], taken: set[int], data: st.DataObject
) -> None:
    proofs = [data.draw(st.booleans()) for _ in wanted]
    sought_ = [
        sought(n, mail, needs_proof=proof) for n, (mail, proof) in enumerate(zip(sorted_(wanted), proofs, strict=True))
    ]
    uids = dict(enumerate(there, 1))
    free = {uid: mail for uid, mail in uids.items() if uid not in taken}

    found = find(sought_, uids, taken)

    assert found.unsure == frozenset()
    assert len(set(found.uids.values())) == len(found.uids)
    assert taken.isdisjoint(found.uids.values())
    for n, mail in enumerate(sorted_(wanted)):
        fits = [uid for uid, one in free.items() if fits_(mail, one)]
        rivals = [one for one in wanted if fits_(mail, one)]
        is_alone = len(fits) == len(rivals) == 1
        if n in found.uids and not (is_alone and not proofs[n]):
            assert free[found.uids[n]] == mail
        if n not in found.uids:  # what is there is found
            assert mail not in free.values()


def sorted_(mails_: set[Mail]) -> list[Mail]:
    return sorted(mails_, key=lambda mail: (mail.name, mail.body))


def fits_(mail: Mail, other: Mail) -> bool:
    return (mail.name, len(mail.body)) == (other.name, len(other.body))


@given(st.integers(0, 1000), st.floats(0, 1))
def test_backoff_grows_and_stays_below_two_days(attempts: int, jitter: float) -> None:
    seconds = retry_wait(attempts, jitter)

    assert 30 <= seconds <= 92_160
    assert retry_wait(attempts + 1, jitter) >= seconds
