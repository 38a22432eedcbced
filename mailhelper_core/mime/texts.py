"""The texts of a message's parts: each decoded once, and cleaned when it is first read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mailhelper_core.mime.decode import decode_text
from mailhelper_core.mime.structure import Limits, Part
from mailhelper_core.model.mail.text import clean_text

# What is written for one character at most, where text is shown as HTML, and around it: `&quot;`, `<pre></pre>`.
_MOST_ESCAPED_CHARS, _AROUND_CHARS = 6, 12


@dataclass(slots=True)
class Texts:
    """Texts by the paths of their parts."""

    most_chars: int
    _decoded: dict[str, str]
    _are_clean: set[str] = field(default_factory=set)

    def clean(self, part: Part) -> str:
        """Answer the text of a part as it may be stored."""
        if part.path not in self._are_clean:
            self._are_clean.add(part.path)
            self._decoded[part.path] = clean_text(self._decoded[part.path])
        return self._decoded[part.path]

    def may_be_long(self) -> bool:
        """Say whether all of it as HTML may be more than is kept; without writing it."""
        return (
            sum([_MOST_ESCAPED_CHARS * len(text) + _AROUND_CHARS for text in self._decoded.values()]) > self.most_chars
        )


def decode_parts(parts: Iterable[Part], limits: Limits, problems: list[str]) -> Texts:
    """Decode each part once: what is read as text is mostly shown as HTML too."""
    decoded: dict[str, str] = {}
    for part in parts:
        if part.path not in decoded:
            # No charset needs more than four octets a character.
            decoded[part.path], guessed = decode_text(part.content[: 4 * limits.html_chars], part.charset)
            if guessed:
                problems.append("charset-guessed")
    return Texts(limits.html_chars, decoded)
