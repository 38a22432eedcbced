"""Attachments that are what they say: a one-page PDF, a PNG, a calendar object, a table."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime, timedelta


def pdf(title: str) -> bytes:
    """Answer a PDF of one page that shows the title."""
    shown = title.encode("ascii", "replace").replace(b"\\", b"").replace(b"(", b"").replace(b")", b"")
    stream = b"BT /F1 18 Tf 72 760 Td (%s) Tj ET" % shown
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    )
    data, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(data)
    return data + b"xref\n0 5\n0000000000 65535 f \n" + table + trailer


def png(red: int, green: int, blue: int) -> bytes:
    """Answer a picture of one colored pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(bytes((0, red, green, blue)))
    chunks = ((b"IHDR", header), (b"IDAT", pixel), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def csv(rows: int) -> bytes:
    """Answer a small table."""
    return b"date;amount\r\n" + b"".join(b"2025-01-%02d;%d,00\r\n" % (day % 28 + 1, day * 7) for day in range(rows))


def ics(method: str, uid: str, summary: str, place: str, start: datetime, people: tuple[str, str]) -> bytes:
    """Answer a calendar object (RFC 5545) of one hour; people are organizer and attendee."""
    lines = [
        "BEGIN:VCALENDAR", "PRODID:-//Calendar//EN", "VERSION:2.0", f"METHOD:{method}", "BEGIN:VEVENT",
        f"UID:{uid}", f"DTSTAMP:{_stamp(start - timedelta(days=9))}", f"DTSTART:{_stamp(start)}",
        f"DTEND:{_stamp(start + timedelta(hours=1))}", f"SUMMARY:{_escape(summary)}",
        f"LOCATION:{_escape(place)}", f"ORGANIZER:mailto:{people[0]}",
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{people[1]}",
        "SEQUENCE:0", f"STATUS:{'CANCELLED' if method == 'CANCEL' else 'CONFIRMED'}", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{line}\r\n" for line in lines).encode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _stamp(moment: datetime) -> str:
    return (moment - (moment.utcoffset() or timedelta())).strftime("%Y%m%dT%H%M%SZ")


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
