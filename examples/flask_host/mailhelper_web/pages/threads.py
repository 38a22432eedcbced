"""Conversations put right by hand: messages set apart, two joined; either takes the other back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from mailhelper_core import Message, MessageDetail, OwnerServices, QueryError
from mailhelper_web.look.toasts import offer
from mailhelper_web.owner import mine
from mailhelper_web.pages.actions import back
from mailhelper_web.parts.summaries import summary_in, summary_offer

threads = Blueprint("threads", __name__, url_prefix="/mail/<int:message_id>/thread")

# Conversations that are offered to be joined with, and the hits of a search that they are picked from.
OFFERED = 8
LOOKED_AT = 100


@threads.get("")
def show(message_id: int) -> str:
    """Show the conversation of a message, and others that it may belong to."""
    ada, sought = mine(), request.args.get("q", "").strip()
    message, together = ada.messages.get(message_id), ada.messages.thread(message_id)
    others, problem = _others(ada, message, sought)
    newest = together[-1].id if together else message_id
    return render_template(
        "mail/thread.html",
        message=message,
        thread=together,
        others=others,
        sought=sought,
        problem=problem,
        newest=newest,
        summary=summary_in(ada.opinions.of([newest])[newest]),
        summary_offer=summary_offer(ada, message.account_id),
    )


@threads.post("/split")
def split(message_id: int) -> Response:
    """Make the chosen messages a conversation of their own; without a choice, this one."""
    ada = mine()
    here = [one.id for one in ada.messages.thread(message_id)]
    asked = request.form.getlist("id", type=int) or [message_id]
    chosen, rest = [id_ for id_ in here if id_ in asked], [id_ for id_ in here if id_ not in asked]
    if not chosen or not rest:
        flash(gettext("Choose some of the messages, not all."), "error")
        return redirect(back(), 303)
    ada.threads.split(chosen)
    words = ngettext(
        "%(num)s message is a conversation of its own now.",
        "%(num)s messages are a conversation of their own now.",
        len(chosen),
    )
    offer(words, url_for("threads.merge", message_id=chosen[0]), {"other": [rest[0]]})
    return redirect(back(), 303)


@threads.post("/merge")
def merge(message_id: int) -> Response:
    """Make this conversation and that of another message one."""
    ada, other_id = mine(), request.form.get("other", 0, type=int)
    here, there = ([one.id for one in ada.messages.thread(id_)] for id_ in (message_id, other_id))
    if other_id in here:
        flash(gettext("They are one conversation already."), "info")
        return redirect(back(), 303)
    ada.threads.merge(message_id, other_id)
    apart = min(here, there, key=len)
    offer(gettext("They are one conversation now."), url_for("threads.split", message_id=apart[0]), {"id": apart})
    return redirect(back(), 303)


def _others(ada: OwnerServices, message: MessageDetail, sought: str) -> tuple[list[Message], QueryError | None]:
    """Answer the newest message of each other conversation that a query finds; without one, of the same person."""
    query = sought or _of_the_same_person(message)
    if not query:
        return [], None
    newest: dict[int, Message] = {}
    try:
        found = ada.search(f"account:{message.account_id} -thread:{message.thread_id} ({query})", limit=LOOKED_AT)
    except QueryError as error:
        return [], error
    for one in found:
        newest.setdefault(one.thread_id, one)
    return list(newest.values())[:OFFERED], None


def _of_the_same_person(message: MessageDetail) -> str:
    """Answer a query for what the other side wrote and got; empty where nobody knows who that is."""
    others = [one.addr_spec for one in (message.from_, *message.recipients) if one.addr_spec]
    others = [one for one in others if one.lower() not in message.account_addresses]
    address = others[0].replace('"', '""') if others else ""
    return f'from:"{address}" OR recipient:"{address}"' if address else ""
