"""The one choke point for text from outside: what leaves here, SQLite and PostgreSQL accept."""

from __future__ import annotations

from io import IncrementalNewlineDecoder

# C0 controls without TAB, LF and CR. PostgreSQL refuses NUL; the others break terminals and XML.
_CONTROLS = bytes(range(0x09)) + b"\x0b\x0c" + bytes(range(0x0E, 0x20))

# Characters that could reorder a line and so fake a sender or a file name (Unicode UAX 9).
_BIDI_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_TO_ONE_LINE = dict.fromkeys(map(ord, "\t\n\x85\u2028\u2029"), " ") | dict.fromkeys(map(ord, _BIDI_OVERRIDES))


def clean_text(value: str) -> str:
    """Answer the text without what a database refuses.

    Control characters except TAB and LF go, CR LF and CR become LF, lone surrogates become U+FFFD.
    """
    if value.isprintable():  # no control and no surrogate is printable: the short way for most header fields
        return value
    try:
        data = value.encode()
    except UnicodeEncodeError:
        # A pair of surrogates becomes the character it stands for, a lone one U+FFFD.
        value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        data = value.encode()
    kept = data.translate(None, _CONTROLS)
    if len(kept) < len(data):
        value = kept.decode()
    # Half of what two calls of `replace` take.
    return IncrementalNewlineDecoder(None, translate=True).decode(value, final=True) if "\r" in value else value


def clean_header(value: str) -> str:
    """Answer the text as one line: cleaned, line breaks and TAB as blanks, no bidirectional overrides."""
    if value.isprintable():
        return value.strip()
    return clean_text(value).translate(_TO_ONE_LINE).strip()
