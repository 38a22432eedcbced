"""One message: its text, the safe frame, its parts, and why it is here."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response as AnyResponse

from mailhelper_core import CATEGORIES, ConflictError, RankedMessage
from mailhelper_web.owner import mine
from mailhelper_web.pages.actions import back, tell
from mailhelper_web.pages.mail import list_address
from mailhelper_web.parts.acts import SEEN, acts_of
from mailhelper_web.parts.downloads import as_download, place_for_body
from mailhelper_web.parts.images import may_have_images
from mailhelper_web.parts.invitation import read_invitation
from mailhelper_web.parts.summaries import KIND as SUMMARY
from mailhelper_web.parts.summaries import summary_in, summary_offer
from mailhelper_web.safety.elsewhere import asking_elsewhere
from mailhelper_web.visitor import visitor

message = Blueprint("message", __name__, url_prefix="/mail/<int:message_id>")

# The frame may show colors and pictures that the mail carries; nothing runs, nothing is loaded.
_FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:{images}; sandbox allow-popups"
    " allow-popups-to-escape-sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
# Where it stands in the template of the frame.
_HTML = "<!-- the mail -->"
SIMILAR = 5


@message.get("")
def show(message_id: int) -> str:
    """Show one message with its thread and opinions."""
    ada = mine()
    tab = request.args.get("tab", "mail")
    with ada.reading():
        detail, opinions = ada.messages.get(message_id), ada.opinions.of([message_id])[message_id]
        found = {
            "thread": ada.messages.thread(message_id),
            "summary_offer": summary_offer(ada, detail.account_id),
            "has_vectors": bool(ada.vectors.embedder()),
            "invitation": read_invitation(ada, detail),
            "has_images": tab == "mail" and may_have_images(ada, detail),
        }
    return render_template(
        "mail/message.html",
        message=detail,
        suggested=sorted(detail.suggestions, key=itemgetter(1), reverse=True),
        opinions=[one for one in opinions if one.kind != SUMMARY],
        summary=summary_in(opinions),
        categories=CATEGORIES,
        tab=tab,
        list_address=list_address(),
        with_images=request.args.get("images") == "1",
        frame_size=_frame_size(detail.text),
        acts=acts_of(detail),
        opened=True,
        **found,
    )


@message.post("/read")
def mark_read(message_id: int) -> str:
    """Mark a message read that a page has opened; answer the button that takes it back.

    The page sends this itself: whoever only fetches a page ahead of time runs no script and changes nothing.
    """
    ada = mine()
    ada.messages.add_keyword([message_id], SEEN)
    after = ada.messages.get(message_id)
    return render_template("mail/seen.html", message=after, list_address=list_address(), opened=False)


@message.post("/unread")
def mark_unread(message_id: int) -> AnyResponse:
    """Mark a message unread and go to its list: its own page would mark it read again."""
    tell(mine().messages.remove_keyword([message_id], SEEN), "unread")
    where: dict[str, Any] = {**list_address()} or {"view": "inbox"}
    return redirect(url_for("mail.listing", **where), 303)


@message.get("/frame")
def frame(message_id: int) -> Response:
    """Answer the mail's own HTML, made safe, for a sandboxed frame."""
    with_images = request.args.get("images") == "1"
    html = mine().messages.html(message_id, remote_images=with_images)
    theme = request.cookies.get("theme", "")
    before, after = _paper(
        theme if theme in ("light", "dark") else "", str(get_locale()), is_plain=html.startswith("<pre>")
    )
    response = make_response(f"{before}{html}{after}")
    response.headers["Content-Security-Policy"] = _FRAME_POLICY.format(images=" https: http:" if with_images else "")
    return response


@lru_cache(maxsize=16)
def _paper(theme: str, _locale: str, *, is_plain: bool) -> tuple[str, str]:
    """Answer what stands before the mail's own HTML and after it, which is the same for every mail.

    That HTML is made for white paper; plain text is not made for anything.
    """
    before, _, after = render_template("mail/frame.html", theme=theme, is_plain=is_plain, html=_HTML).partition(_HTML)
    return before, after


@message.get("/raw")
def raw(message_id: int) -> Response:
    """Answer the octets as the server sent them, as a file."""
    ada = mine()
    with place_for_body(ada, message_id):
        data = ada.messages.raw(message_id)
    return as_download(data, f"message-{message_id}.eml")


@message.get("/attachment/<int:number>")
def attachment(message_id: int, number: int) -> Response:
    """Answer an attachment as a file to keep, never to open here."""
    ada = mine()
    with place_for_body(ada, message_id):
        content = ada.messages.attachment(message_id, number)
    return as_download(content.data, content.attachment.filename or f"attachment-{number}")


@message.get("/places")
def places(message_id: int) -> str:
    """List where the message can be moved to."""
    ada = mine()
    account_id = ada.messages.get(message_id).account_id
    boxes = [one for one in ada.accounts.mailboxes(account_id) if not one.read_only]
    return render_template("mail/places.html", mailboxes=boxes)


@message.post("/summary")
def summarize(message_id: int) -> AnyResponse:
    """Ask the model provider that the owner allowed for a summary; a refusal has a page of its own."""
    with asking_elsewhere():
        mine().opinions.summarize(message_id, provider=True)
    return redirect(back(), 303)


@message.get("/similar")
def similar(message_id: int) -> str:
    """List the messages that are most like this one."""
    found: tuple[RankedMessage, ...] | None
    try:
        found = mine().messages.similar(message_id, limit=SIMILAR)
    except ConflictError:
        found = None  # its vector, or all of them, are still to be made
    return _part("mail/similar.html", gettext("Similar messages"), message_id, found=found)


@message.get("/timeline")
def timeline(message_id: int) -> str:
    """Tell what happened to the message and why."""
    entries = mine().messages.timeline(message_id)
    owner = visitor().owner
    return _part("mail/timeline.html", gettext("Why is it here?"), message_id, entries=entries, owner=owner)


@message.get("/explain")
def explain(message_id: int) -> str:
    """Tell what each test of a query saw in the message."""
    matched, trace = mine().explain(request.args.get("q", ""), message_id)
    return _part("mail/explain.html", gettext("Why is it here?"), message_id, matched=matched, trace=trace)


def _part(template: str, title: str, message_id: int, **values: object) -> str:
    """Answer a part of the message's page; a page around it for who came without a script."""
    if request.headers.get("HX-Request"):
        return render_template(template, **values)
    return render_template("mail/part.html", part=template, title=title, message_id=message_id, **values)


def _frame_size(text: str) -> str:
    """Answer how much room the frame gets: its content is out of our reach and cannot say."""
    lines = text.count("\n") + len(text) // 90
    return "short" if lines < 12 else "medium" if lines < 26 else ""
