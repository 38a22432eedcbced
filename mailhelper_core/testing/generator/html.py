"""Show paragraphs as HTML, in the three looks that mail has: a letter, a newsletter, a receipt."""

from __future__ import annotations

import re
from html import escape

from mailhelper_core.testing.generator.draft import Draft

_URL = re.compile(r"https?://[^\s<]+")
_HEAD = '<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head>'


def render(draft: Draft, charset: str) -> str:
    """Answer the HTML of a draft."""
    body = {"letter": _letter, "newsletter": _newsletter, "receipt": _receipt}[draft.look](draft)
    return f"{_HEAD.format(charset=charset)}\r\n<body>{body}</body></html>\r\n"


def _letter(draft: Draft) -> str:
    paragraphs = "\r\n".join(f"<div>{_inline(text)}</div><div><br></div>" for text in draft.paragraphs)
    if draft.quote is None:
        return paragraphs
    quoted = "<br>\r\n".join(escape(line) for line in draft.quote.lines)
    return f'{paragraphs}<div>{escape(draft.quote.attribution)}</div><blockquote type="cite">{quoted}</blockquote>'


def _newsletter(draft: Draft) -> str:
    host = draft.sender[1].partition("@")[2]
    title = f'<tr><td style="background:#234;color:#fff;padding:24px"><h1>{escape(draft.subject)}</h1></td></tr>'
    rows = "\r\n".join(
        f'<tr><td style="padding:12px 24px;font-family:Arial,sans-serif">{_inline(text)}</td></tr>'
        for text in draft.paragraphs
    )
    pixel = f'<img src="https://www.{host}/o/{draft.message_id[1:9]}.gif" width="1" height="1" alt="">'
    return f'<table width="600" align="center" cellpadding="0">{title}\r\n{rows}</table>{pixel}'


def _receipt(draft: Draft) -> str:
    picture = "".join(
        f'<img src="cid:{attachment.content_id}" alt="" width="120"><br>'
        for attachment in draft.attachments
        if attachment.content_id
    )
    paragraphs = "\r\n".join(f'<p style="font-family:sans-serif">{_inline(text)}</p>' for text in draft.paragraphs)
    return f"{picture}{paragraphs}<hr>"


def _inline(text: str) -> str:
    shown = escape(text, quote=False).replace("\n", "<br>\r\n")
    return _URL.sub(lambda match: f'<a href="{match[0]}">{match[0]}</a>', shown)
