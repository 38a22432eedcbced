"""Which parts of a message are attachments, and which of them its HTML shows."""

from __future__ import annotations

import re
from urllib.parse import unquote

from mailhelper_core.mime.structure import Part
from mailhelper_core.model.mail.message import Attachment

_CID = re.compile(r"""cid:([^"'\s<>)]{1,998})""", re.IGNORECASE)


def list_attachments(leaves: list[Part], html: str) -> tuple[Attachment, ...]:
    """Answer the attachments among the leaves that are no body; what the HTML shows is inline."""
    leaves = [leaf for leaf in leaves if _is_attachment(leaf)]
    has_ids = any(leaf.content_id for leaf in leaves)
    shown = {unquote(cid) for cid in _CID.findall(html)} if has_ids else set()
    return tuple(
        Attachment(
            part=leaf.path,
            filename=leaf.filename,
            media_type=leaf.media_type,
            size=len(leaf.content),
            content_id=leaf.content_id,
            inline=leaf.content_id in shown or (leaf.disposition == "inline" and leaf.media_type.startswith("image/")),
        )
        for leaf in leaves
    )


# What stands beside the text that was chosen, without a name: another form of it.
_FORMS_OF_TEXT = frozenset({"text/plain", "text/html", "text/enriched", "text/x-amp-html", "text/calendar"})


def _is_attachment(leaf: Part) -> bool:
    return bool(leaf.filename) or leaf.disposition == "attachment" or leaf.media_type not in _FORMS_OF_TEXT
