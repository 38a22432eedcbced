"""COMPRESS=DEFLATE (RFC 4978): both directions of one connection, never more octets at a time than asked for."""

from __future__ import annotations

import zlib

# RFC 1951 without header, the largest window.
_WINDOW_BITS = -15


class Deflate:
    """A compressed connection; raises zlib.error for what is no deflate stream."""

    def __init__(self) -> None:
        self._out = zlib.compressobj(wbits=_WINDOW_BITS)
        self._in = zlib.decompressobj(wbits=_WINDOW_BITS)
        self._waiting = b""
        self._is_full = False

    @property
    def has_more(self) -> bool:
        """Say whether octets can be had without receiving any."""
        return bool(self._waiting) or self._is_full

    def pack(self, data: bytes) -> bytes:
        """Compress, so that the other side can read all of it."""
        return self._out.compress(data) + self._out.flush(zlib.Z_SYNC_FLUSH)

    def take(self, data: bytes) -> None:
        """Keep received octets for `unpack`."""
        self._waiting += data

    def unpack(self, at_most: int) -> bytes:
        """Answer the next octets, none when more must be received first."""
        data = self._in.decompress(self._waiting, at_most)
        self._waiting = self._in.unconsumed_tail
        # The decompressor may hold back octets whose input it has consumed.
        self._is_full = len(data) == at_most
        if self._in.eof:
            raise zlib.error("the stream has ended")
        return data
