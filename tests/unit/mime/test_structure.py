"""The chain of parsers: both see the same tree, and both stay within the limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.mime import structure
from mailhelper_core.mime.header import scan
from mailhelper_core.mime.structure import Limits, Structure, read_structure, walk
from tests.unit.mime.evil import many_parts, nested_multiparts

WORD = b"=?utf-8?q?a?= "
OPEN = many_parts(1).removesuffix(b"--b--\r\n")


def read(raw: bytes, limits: Limits | None = None) -> Structure:
    found = read_structure(raw, scan(raw), limits or Limits())
    assert found is not None
    return found


def lenient(raw: bytes) -> Structure:
    """Read with the fast parser left out."""
    return read(raw, Limits(encoded_words=-1))


def contents(found: Structure) -> list[tuple[str, str, str]]:
    return [(leaf.media_type, leaf.filename, leaf.content_id) for leaf in walk(found.root) if leaf.content.strip()]


@pytest.mark.shared_data
def test_both_parsers_see_the_same_parts_in_real_mail(shared_data: Path) -> None:
    differing = set()
    for path in sorted((shared_data / "mails").rglob("*.eml")):
        raw = path.read_bytes()[:20_000]
        fast = read(raw)
        if "fast-parser-refused" not in fast.problems and contents(fast) != contents(lenient(raw)):
            differing.add(path.stem)

    # Made to be ambiguous: boundaries that differ by a blank or a dash, the same boundary twice, no part at all.
    assert differing <= {"01016", "01024", "01025", "01026", "01534", "00046", "00643"}


def test_the_fast_parser_is_used_for_ordinary_mail() -> None:
    assert read(many_parts(3)).problems == ()


def test_what_the_fast_parser_refuses_the_lenient_one_reads() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n X: a field that begins with a blank\n\nwords\n--b--\n"

    found = read(raw)

    assert "fast-parser-refused" in found.problems
    assert b"words" in found.root.children[0].content


def test_many_encoded_words_avoid_the_fast_parser() -> None:
    raw = many_parts(1).replace(b"--b\r\n\r\n", b"--b\r\nSubject: " + WORD * 3_000 + b"\r\n\r\n")

    assert "fast-parser-avoided" in read(raw).problems


def test_parts_beyond_the_limit_are_cut() -> None:
    found = read(many_parts(50), Limits(parts=10))

    assert "parts-cut" in found.problems
    assert len(list(walk(found.root))) == 10


@pytest.mark.parametrize("encoding", ["base64 ", "base64\t", "\r\n base64", "BASE64", "base64 (x)", "base64"])
def test_a_part_is_decoded_whatever_stands_beside_the_name_of_its_encoding(encoding: str) -> None:
    head = f"Content-Type: text/plain\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    (leaf,) = walk(read(OPEN.partition(b"--b")[0] + b"--b\r\n" + head + b"aGFsbG8gd2VsdA==\r\n--b--\r\n").root)

    assert leaf.content.strip() == b"hallo welt"


def test_a_mail_about_boundaries_keeps_what_stands_behind() -> None:
    quoted = b"".join(
        b"> Content-Type: multipart/mixed; boundary=%b%d\r\n" % (b"oi"[at % 2 :][:1], at // 20) for at in range(60)
    )
    raw = OPEN + b"\r\n" + quoted + b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n"

    found = read(raw)

    assert found.problems == ()
    assert [leaf.media_type for leaf in walk(found.root)][-1] == "image/png"


def test_depth_beyond_the_limit_is_cut() -> None:
    found = read(nested_multiparts(30), Limits(depth=10))

    assert "depth-cut" in found.problems
    assert max(leaf.path.count(".") for leaf in walk(found.root)) <= 10


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(many_parts(50).replace(b"boundary=b", b"boundary*0=b", 1), id="in pieces (RFC 2231)"),
        pytest.param(many_parts(50).replace(b"\r\n--b\r\n\r\nhi", b"\r--b\r\rhi"), id="lines that end in CR"),
        pytest.param(OPEN + b"".join(b"--b%d\r\n\r\nhi\r\n" % n for n in range(50)), id="begins the line"),
    ],
)
def test_parts_are_counted_however_their_delimiters_are_written(raw: bytes) -> None:
    found = read(raw, Limits(parts=10))

    assert "parts-cut" in found.problems
    assert len(list(walk(found.root))) <= 10


def test_many_forwarded_mails_with_parts_of_their_own_are_not_deep() -> None:
    forwarded = (
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=c%d\r\n\r\n"
        b"--c%d\r\n\r\nhi\r\n--c%d--\r\n"
    )
    raw = OPEN + b"".join(forwarded % (number, number, number) for number in range(80))

    found = read(raw, Limits(depth=10))

    assert found.problems == ()
    assert len(list(walk(found.root))) == 81


def test_messages_within_messages_avoid_the_fast_parser() -> None:
    # It copies the message for each: 200,000 in 6 MB took 1.6 GB.
    chain = b"--b\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 30 + b"Subject: inner\r\n\r\nwords\r\n"

    found = read(OPEN + chain)

    assert "fast-parser-avoided" in found.problems
    assert [leaf.media_type for leaf in walk(found.root)] == ["text/plain", "message/rfc822"]
    assert b"words" in found.root.children[1].content


def test_uuencoded_parts_are_decoded_by_both_parsers() -> None:
    raw = many_parts(1).replace(b"--b\r\n\r\nhi", b"--b\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n#86)C")

    assert read(raw).root.children[0].content == b"abc"
    assert lenient(raw).root.children[0].content == b"abc"


def test_octets_beyond_the_limit_are_cut() -> None:
    found = read(many_parts(50), Limits(message_bytes=300))

    assert "message-cut" in found.problems
    assert len(found.root.children) > 1


def test_when_no_parser_finds_its_way_there_is_no_structure(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(structure.email, "message_from_bytes", fail)
    raw = many_parts(1)

    assert read_structure(raw, scan(raw), Limits(encoded_words=-1)) is None


@given(st.lists(st.sampled_from([b"--a", b"--b", b"--a--", b"--b--", b"", b"text", b"Content-Type: text/plain",
                                 b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: message/rfc822",
                                 b"Content-Transfer-Encoding: base64", b" folded"]), max_size=40))  # fmt: skip
def test_any_order_of_delimiters_is_read_within_the_limits(lines: list[bytes]) -> None:
    raw = b"Content-Type: multipart/mixed; boundary=a\n\n" + b"\n".join(lines)

    paths = [leaf.path for leaf in walk(read(raw).root)]

    assert len(paths) == len(set(paths))
