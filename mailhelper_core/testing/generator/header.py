"""Write header fields as mail programs do: folded, encoded words, RFC 2231 parameters."""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Iterable
from urllib.parse import quote

# RFC 2047 section 2: an encoded word has at most 75 characters; RFC 5322 2.1.1: a line at best 78.
_WORD = 75
_LINE = 78
_ATOMS = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
_Q_SAFE = re.compile(rb"[A-Za-z0-9!*+/-]")


def field(name: str, value: str) -> bytes:
    """Answer a field with its line end; the value is ASCII by now."""
    return fold(f"{name}: {value}").encode("ascii") + b"\r\n"


def fold(line: str) -> str:
    """Break a long line before white space where there is some."""
    lines: list[str] = []
    while len(line) > _LINE:
        cut = line.rfind(" ", 1, _LINE)
        # Not right behind the name of the field, and never a line of nothing but white space.
        if cut <= 0 or not line[:cut].strip() or line[:cut].endswith(":"):
            cut = line.find(" ", _LINE)
        if cut < 0 or not line[cut:].strip():
            break
        lines.append(line[:cut])
        line = line[cut:]
    return "\r\n".join([*lines, line])


def text(value: str, charset: str, *, base64: bool = False) -> str:
    """Answer unstructured text, in encoded words if it needs them."""
    if value.isascii():
        return value
    return " ".join(_encoded_word(piece, charset, base64=base64) for piece in _pieces(value, charset, base64=base64))


def address(name: str, addr_spec: str, charset: str) -> str:
    """Answer one address with its display name."""
    if not name:
        return addr_spec
    if not name.isascii():
        return f"{text(name, charset)} <{addr_spec}>"
    if _ATOMS.fullmatch(name):
        return f"{name} <{addr_spec}>"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{addr_spec}>'


def addresses(people: Iterable[tuple[str, str]], charset: str) -> str:
    """Answer a list of addresses."""
    return ", ".join(address(name, addr_spec, charset) for name, addr_spec in people)


def file_name(parameter: str, value: str, *, rfc2231: bool) -> str:
    """Answer a file name parameter: RFC 2231 as the standard says, or an encoded word as many programs do."""
    if value.isascii():
        return f'{parameter}="{value}"'
    if rfc2231:
        return f"{parameter}*=utf-8''{quote(value, safe='')}"
    return f'{parameter}="{_encoded_word(value, "utf-8", base64=True)}"'


def _pieces(value: str, charset: str, *, base64: bool) -> list[str]:
    """Cut the text so that every encoded word fits and no character is torn apart."""
    room = _WORD - len(f"=?{charset}?B??=")
    pieces, piece = [""], ""
    for char in value:
        longer = piece + char
        data = longer.encode(charset)
        size = (len(data) + 2) // 3 * 4 if base64 else len(_q(data))
        if size > room:
            pieces.append("")
            longer = char
        piece = pieces[-1] = longer
    return pieces


def _encoded_word(value: str, charset: str, *, base64: bool) -> str:
    data = value.encode(charset)
    if base64:
        return f"=?{charset}?B?{b2a_base64(data, newline=False).decode()}?="
    return f"=?{charset}?Q?{_q(data)}?="


def _q(data: bytes) -> str:
    return "".join(_q_byte(data[at : at + 1]) for at in range(len(data)))


def _q_byte(byte: bytes) -> str:
    if byte == b" ":
        return "_"
    return byte.decode() if _Q_SAFE.match(byte) else f"={byte[0]:02X}"
