"""Octets to text: charsets, encoded words (RFC 2047), parameters (RFC 2231), transfer encodings; each repaired."""

from __future__ import annotations

import binascii
import re
from encodings.aliases import aliases
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from mailhelper_core.model.mail.text import clean_header

# Labels that mail uses and Python does not know; "" leaves the text to the fallback chain.
_LABELS = {
    "cn_big5": "big5", "x_x_big5": "big5", "chinesebig5": "big5", "cn_gb": "gb2312", "gb_2312_80": "gb2312",
    "iso_8859_8_i": "iso8859_8", "iso_8859_8_e": "iso8859_8", "dos_874": "cp874",
    "ks_c_5601": "euc_kr", "ms_kanji": "shift_jis", "x_euc": "euc_jp", "koi": "koi8_r",
    "x_mac_ukrainian": "mac_cyrillic", "x_mac_ce": "mac_latin2", "unicode": "utf_16", "iso_10646_ucs_2": "utf_16",
    "utf8mb4": "utf_8", "cp65001": "utf_8", "unicode_1_1_utf_8": "utf_8", "unicode_1_1_utf_7": "utf_7",
}  # fmt: skip
# What a label stands for in practice (WHATWG Encoding 4.2). ASCII is left to the chain, because what is labelled
# so and is not ASCII is mostly UTF-8.
_SUPERSETS = {
    "ascii": "", "latin_1": "cp1252", "iso8859_9": "cp1254", "iso8859_11": "cp874", "tis_620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "euc_kr": "cp949", "shift_jis": "cp932",
    "iso2022_jp": "iso2022_jp_ext",
}  # fmt: skip
# Python's own list of charsets: a label must never make it search for a module. What unescapes is not in it.
_CHARSETS = frozenset(aliases.values()) | {
    "cp1006", "cp720", "cp737", "cp856", "cp874", "cp875", "koi8_t", "koi8_u", "mac_croatian", "mac_romanian",
}  # fmt: skip
# Charsets that write other scripts with ASCII octets, so that "it is ASCII" says nothing.
_SEVEN_BIT = frozenset({"utf_7", "hz", "iso2022_jp_ext", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3"})
_CODE_PAGE = re.compile(r"(?:x_)?(?:windows|win|cp|ibm)_?(\d{3,5})")
_NOT_NAME = re.compile(r"[^a-z0-9]+", re.ASCII)
# Behind a label may stand a language (RFC 2231 5) or a comment (RFC 2045 5.1).
_LABEL_END = re.compile(r"[*(]")

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?", re.ASCII)
# A subject of 998 octets holds 13 encoded words; 400 is a long recipient list in one field.
MAX_ENCODED_WORDS = 400
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_NEITHER = _NOT_BASE64.replace(b"=", b"")
_UUENCODE = ("x-uuencode", "uuencode", "x-uue", "uue")


def decode_text(data: bytes, label: str) -> tuple[str, bool]:
    """Answer the text and whether its charset had to be guessed.

    The chain: the declared charset, UTF-8, windows-1252, latin-1 (which never fails).
    """
    codec = find_codec(label[:60]) if label else ""
    if data.isascii() and codec not in _SEVEN_BIT:
        return data.decode("ascii"), False
    if codec in _SEVEN_BIT:
        return data.decode(codec, "replace"), False
    for attempt in (codec, "utf-8"):
        if attempt and (text := _decode(data, attempt)) is not None:
            return text, not codec
    if codec and (text := _decode_most(data, codec)) is not None:
        return text, True
    return _decode(data, "cp1252") or data.decode("latin-1"), True


@lru_cache(maxsize=512)
def find_codec(label: str) -> str:
    """Answer the Python codec for a charset label, or an empty string for an unknown one."""
    name = _NOT_NAME.sub("_", _LABEL_END.split(label.lower(), maxsplit=1)[0]).strip("_")
    name = aliases.get(name, _LABELS.get(name, name))
    if match := _CODE_PAGE.fullmatch(name):
        name = f"cp{match[1]}"
    if name not in _CHARSETS:
        name = aliases.get(name.removeprefix("x_"), name.removeprefix("x_"))
    name = _SUPERSETS.get(name, name)
    return name if name in _CHARSETS and _is_charset(name) else ""


def _is_charset(codec: str) -> bool:
    try:
        b"a".decode(codec, "replace")
    except (LookupError, UnicodeError):  # rot13, zlib, hex and the like; code pages of Windows elsewhere
        return False
    return True


def decode_field(raw: str) -> str:
    """Answer a header field's text from its octets (one character an octet): one clean line."""
    if raw.isascii() and raw.isprintable() and "=?" not in raw:  # nearly all fields
        return raw.strip()
    return _decode_short_field(raw) if len(raw) < _SHORT_FIELD_CHARS else _decode_field(raw)


def _decode_field(raw: str) -> str:
    return clean_header(decode_words(raw, is_octets=True))


# The same subject is read twice in a message, the same senders in many.
_SHORT_FIELD_CHARS = 500
_decode_short_field = lru_cache(maxsize=512)(_decode_field)


def decode_words(value: str, *, is_octets: bool = False) -> str:
    """Answer the text with its encoded words decoded; adjacent words of one charset are decoded together.

    With `is_octets` each character stands for an octet, also between the words.
    """
    out: list[str] = []
    run = b""
    run_label = ""
    position = 0
    for _ in range(MAX_ENCODED_WORDS):
        match = _WORD.search(value, position)
        end = value.find("?=", match.end()) if match else -1
        if match is None or end < 0:
            break
        between = value[position : match.start()]
        label = match[1].lower()
        if run and (label != run_label or not _is_blank(between)):
            out.append(decode_text(run, run_label)[0])
            run = b""
        if not (out or run) or not _is_blank(between):
            out.append(_literal(between, is_octets=is_octets))
        run += _decode_word(match[2], value[match.end() : end].encode("latin-1" if is_octets else "utf-8", "replace"))
        run_label = label
        position = end + 2
    if run:
        out.append(decode_text(run, run_label)[0])
    return "".join([*out, _literal(value[position:], is_octets=is_octets)])


def _literal(value: str, *, is_octets: bool) -> str:
    if not is_octets or value.isascii():
        return value
    return decode_text(value.encode("latin-1", "replace"), "")[0]


def read_encoding(value: str) -> str:
    """Answer the name in a Content-Transfer-Encoding, lower case, without the comment and the like behind it."""
    return value.partition("(")[0].partition(";")[0].strip("\"' \t").lower()


def decode_transfer(data: bytes, encoding: str) -> tuple[bytes, bool]:
    """Answer the octets behind a Content-Transfer-Encoding and whether it was damaged (RFC 2045 6)."""
    if encoding == "base64":
        return decode_base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data), False
    if encoding in _UUENCODE:
        return _decode_uu(data), False
    return data, False


def decode_base64(data: bytes) -> tuple[bytes, bool]:
    """Answer the decoded octets and whether symbols were missing; what follows the padding is ignored."""
    at = data.find(b"=")
    if at >= 0 and data[at:].translate(None, _NOT_BASE64):
        data = _until_padding(data)
    try:
        return binascii.a2b_base64(data), False
    except binascii.Error:
        symbols = data.translate(None, _NOT_BASE64)
        whole = symbols[: len(symbols) - (len(symbols) % 4 == 1)]
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4)), True


def _until_padding(data: bytes) -> bytes:
    """Cut where padding first ends a group of four: Python 3.11 does so, 3.13 reads on."""
    whole = bytearray()
    for piece in data.translate(None, _NEITHER).split(b"="):
        whole += piece
        if len(whole) % 4 >= 2:
            break
    return bytes(whole) + b"=" * (-len(whole) % 4)


def _decode(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _decode_most(data: bytes, codec: str) -> str | None:
    """Keep a multi-octet charset that fits all but a few characters: a cut or a flipped octet."""
    try:
        text = data.decode(codec, "replace")
    except (UnicodeError, ValueError):
        return None
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return text if text.count("\ufffd") * 10 <= foreign else None


def _is_blank(value: str) -> bool:
    return not value or value.isspace()


def _decode_word(encoding: str, data: bytes) -> bytes:
    return decode_base64(data)[0] if encoding in "bB" else binascii.a2b_qp(data, header=True)


def _decode_uu(data: bytes) -> bytes:
    out = []
    for line in data.splitlines():
        if line.startswith(b"begin ") or not line.strip():
            continue
        if line.strip() == b"end":
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:  # trailing garbage: the first character says how many octets count
            out.append(_decode_uu_length(line))
    return b"".join(out)


def _decode_uu_length(line: bytes) -> bytes:
    symbols = (((line[0] - 32) & 63) * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[:symbols])
    except binascii.Error:
        return b""


# ------------------------------------------------------------------------------------------ parameters

_PARAMETER = re.compile(r';\s*+([^\s=;"]{1,100}+)\s*+=\s*+("(?:[^"\\]|\\.)*+"?|[^;]*+)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NUMBERED = re.compile(r"(.+?)(?:\*(\d{1,2}))?(\*?)")
# A name in 100 pieces of 70 characters is long enough for every file system.
MAX_PARAMETERS = 200


def read_parameters(value: str) -> dict[str, str]:
    """Answer the parameters of Content-Type or Content-Disposition, RFC 2231 pieces joined and decoded."""
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(value)):
        if count == MAX_PARAMETERS:
            break
        name, number, star = _NUMBERED.fullmatch(match[1].lower()).groups()  # type: ignore[union-attr]
        text = match[2].strip()
        if text.startswith('"'):
            text = _ESCAPED.sub(r"\1", text[1:].removesuffix('"'))
        pieces.setdefault(name, []).append((int(number or -1), bool(star), text))
    return {name: clean_header(_join(found)) for name, found in pieces.items()}


def _join(found: list[tuple[int, bool, str]]) -> str:
    # RFC 2231 pieces win over a plain spelling of the same name, which is there for old readers.
    pieces = sorted(piece for piece in found if piece[1] or piece[0] >= 0)
    if not pieces:
        text = found[0][2]
        return decode_words(text) if "=?" in text else text
    charset = ""
    data = b""
    for position, (_, encoded, text) in enumerate(pieces):
        if position == 0 and encoded and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return decode_text(data, charset)[0]


# ---------------------------------------------------------------------------------------- MIME fields

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+_-]{0,99}/[a-z0-9][a-z0-9.+_-]{0,149}", re.ASCII)
# File systems stop at 255 octets.
_MAX_FILENAME_CHARS = 200


@lru_cache(maxsize=256)
def read_content_type(value: str) -> tuple[str, str, str, str]:
    """Answer (media type, charset, method, name); the same few values stand in nearly all mail."""
    parameters = read_parameters(value) if ";" in value else {}
    media_type = _kind(value)
    if not _MEDIA_TYPE.fullmatch(media_type):
        media_type = "text/plain"  # RFC 2045 5.2: what no or a broken Content-Type means
    name = _clean_filename(parameters.get("name", ""))
    return media_type, parameters.get("charset", ""), parameters.get("method", ""), name


def read_disposition(value: str) -> tuple[str, str]:
    """Answer (kind, file name)."""
    filename = read_parameters(value).get("filename", "") if ";" in value else ""
    return _kind(value)[:20], _clean_filename(filename)


def _kind(value: str) -> str:
    # RFC 2045 5.1 allows a comment.
    return value.partition(";")[0].partition("(")[0].strip().lower()


def _clean_filename(name: str) -> str:
    """Answer the last component, short enough to be stored, its extension kept."""
    if not name:
        return ""
    name = re.split(r"[/\\]", name)[-1].strip(". ")
    if len(name) <= _MAX_FILENAME_CHARS:
        return name
    stem, dot, extension = name.rpartition(".")
    return stem[: _MAX_FILENAME_CHARS - 20] + dot + extension[-19:] if dot else name[:_MAX_FILENAME_CHARS]
