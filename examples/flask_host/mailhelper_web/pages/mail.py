"""Lists of mail: views, search, threads; fifty at a time."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import cast, get_args

from flask import Blueprint, abort, render_template, request
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from mailhelper_core import Message, OwnerServices, Page, QueryError, SearchMode
from mailhelper_web.owner import mine
from mailhelper_web.parts.acts import acts_in
from mailhelper_web.parts.boxes import BOX, box_of, boxes
from mailhelper_web.parts.meaning import MODE_NAMES, Asked, SearchSort, mode_of, modes_for, search
from mailhelper_web.parts.search_hints import EXAMPLES, search_hints, size_words

mail = Blueprint("mail", __name__, url_prefix="/mail")

PAGE = 50
# What says which list it is.
ADDRESS = ("view", "q", "sort", "mode")
SORTS: tuple[SearchSort, ...] = get_args(SearchSort)


@dataclass(frozen=True, slots=True)
class View:
    """A list: one that everybody has, or a mailbox; its name and the query behind it."""

    key: str
    name: LazyString | str
    query: str
    icon: str


VIEWS = (
    View("inbox", lazy_gettext("Inbox"), "in:inbox -spam:yes", "inbox"),
    View("unread", lazy_gettext("Unread"), "is:unread -in:junk -in:trash", "circle"),
    View("flagged", lazy_gettext("Flagged"), "is:flagged", "star"),
    View("people", lazy_gettext("From people"), "category:people OR category:conversation", "users"),
    View("newsletters", lazy_gettext("Newsletters"), "category:newsletter", "newspaper"),
    View("spam", lazy_gettext("Spam"), "spam:yes OR in:junk", "shield"),
    View("archive", lazy_gettext("Archive"), "in:archive", "box"),
    View("sent", lazy_gettext("Sent"), "in:sent", "send"),
    View("trash", lazy_gettext("Trash"), "in:trash", "trash"),
    View("all", lazy_gettext("All mail"), "", "layers"),
)
_BY_KEY = {view.key: view for view in VIEWS}


@mail.get("/")
def listing() -> str:
    """List a view or what a query finds; a page further on for htmx is rows alone."""
    view = _view_of(request.args.get("view", ""))
    query = view.query if view else request.args.get("q", "").strip()
    sort = sort_of(request.args.get("sort", ""), "" if view else query)
    after = request.args.get("after")
    ada = mine()
    modes = modes_for(ada) if query and not view else ()
    asked = Asked(query, sort, mode_of(request.args.get("mode", ""), modes), after)
    try:
        # Where a model provider understands the query, nothing is held open meanwhile.
        with ada.reading() if asked.mode == "words" else nullcontext():
            found, mode, problem = search(ada, asked, limit=PAGE)
            beside = _beside(ada, found, view, asked, mode)
    except QueryError as error:
        saved = ada.searches.list() if view is None else ()
        return render_template(
            "mail/list.html", view=view, query=query, error=error, found=None, sort=sort, examples=EXAMPLES, saved=saved
        )
    rows_only = after and request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    template = "mail/rows.html" if rows_only else "mail/list.html"
    return render_template(
        template,
        view=view,
        query=query,
        found=found,
        sort=sort,
        mode=mode,
        modes=modes,
        mode_names=MODE_NAMES,
        problem=problem,
        list_address=list_address(),
        acts=acts_in(view.key if view else ""),
        examples=EXAMPLES,
        error=None,
        **beside,
    )


def _beside(
    ada: OwnerServices, found: Page[Message], view: View | None, asked: Asked, mode: SearchMode
) -> dict[str, object]:
    """Answer what is told of the messages of a page, and of the search that found them."""
    query, ids = asked.query, [one.id for one in found]
    # The first page of a search says what there is to say of it.
    is_first = bool(query) and view is None and not asked.after
    return {
        "sure": ada.opinions.sureness(ids),
        "snippets": {one.message_id: one for one in ada.snippets(query, ids)} if query and view is None else {},
        "saved": ada.searches.list() if view is None else (),
        "hints": search_hints(ada, query, found_any=bool(found.items)) if is_first else None,
        "size": size_words(ada, query, found) if is_first and mode == "words" and found.items else "",
    }


@mail.get("/boxes")
def mailboxes() -> str:
    """List all mailboxes with how much is in them."""
    return render_template("mail/mailboxes.html", boxes=boxes())


def _view_of(key: str) -> View | None:
    """Answer the list of a key, None for a search; a mailbox that is not there is not found."""
    if not key.startswith(BOX):
        return _BY_KEY.get(key)
    box = box_of(key)
    if box is None:
        abort(404)
    return View(key, f"{box.name} · {box.account}" if box.account else box.name, box.query, "folder")


def list_address() -> dict[str, str]:
    """Answer the parts of the address that say which list it is: a message knows where it was opened from by them."""
    return {name: request.args[name] for name in ADDRESS if request.args.get(name)}


def sort_of(word: str, query: str) -> SearchSort:
    """Answer the order that was asked for; only a search for words can be ranked."""
    chosen = cast("SearchSort", word)
    return chosen if chosen in SORTS and (query or chosen != "relevance") else "newest"
