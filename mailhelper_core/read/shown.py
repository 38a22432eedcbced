"""The HTML of a message made safe, and what of it was shown lately.

The page of a message is asked for again after each deed on it, and its HTML with it. It is kept by owner and by the
digest of the content, which never changes. Whether the owner has that message is asked of the store each time: what is
kept answers nothing by itself.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from time import monotonic

from mailhelper_core.mime.html.safe import safe_html
from mailhelper_core.mime.parse import parse_body
from mailhelper_core.store.forked import OwnLock

# A newsletter of usual size has 50,000 characters, of one octet each, or two or four where it has others than Latin.
MAX_CHARACTERS = 2_000_000
# Who reads a mail does with it what they do within minutes; memory is no place to keep mail for longer.
KEPT_SECONDS = 600.0

Key = tuple[int, bytes, bool]


def shown_html(raw: bytes, *, remote_images: bool) -> str:
    """Answer HTML of a raw message that is safe to show."""
    text, html = parse_body(raw)
    return f"<pre>{escape(text)}</pre>" if html is None else safe_html(html, remote_images=remote_images)


@dataclass(slots=True)
class ShownHtml:
    """Safe HTML by owner, digest and whether it loads remote images; thread-safe, one for a process."""

    clock: Callable[[], float] = monotonic
    _kept: OrderedDict[Key, tuple[float, str]] = field(default_factory=OrderedDict)
    _characters: int = 0
    _lock: OwnLock = field(default_factory=OwnLock)

    def get(self, key: Key) -> str | None:
        """Answer what is kept, None where there is nothing."""
        with self._lock:
            until, html = self._kept.get(key, (0.0, ""))
            if self.clock() >= until:
                return None
            self._kept.move_to_end(key)
            return html

    def put(self, key: Key, html: str) -> None:
        """Keep HTML, and forget what is too old or, from the one that was asked for longest ago on, too much."""
        with self._lock:
            self._forget(key)
            if len(html) > MAX_CHARACTERS // 4:
                return
            now = self.clock()
            self._kept[key] = now + KEPT_SECONDS, html
            self._characters += len(html)
            for old in [one for one, (until, _) in self._kept.items() if now >= until]:
                self._forget(old)
            while self._characters > MAX_CHARACTERS:
                self._forget(next(iter(self._kept)))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._characters = 0

    def _forget(self, key: Key) -> None:
        _, html = self._kept.pop(key, (0.0, ""))
        self._characters -= len(html)
