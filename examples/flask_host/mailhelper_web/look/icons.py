"""Icons drawn with lines, as inline SVG: no font, no request."""

from __future__ import annotations

from functools import cache

from flask import Flask
from markupsafe import Markup

from mailhelper_web.look.templates import add_lasting

# Paths on a field of 24 x 24, stroke only; drawn for this host.
_PATHS = {
    "alert": "M12 4 21 20H3zM12 10v4M12 17v.5",
    "box": "M4 8h16v11H4zM3 4h18v4H3zM10 12h4",
    "calendar": "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
    "chart": "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
    "check": "M4 12l5 5L20 6",
    "circle": "M12 7a5 5 0 1 0 0 10a5 5 0 1 0 0-10",
    "clip": "M8 12l6-6a3 3 0 0 1 4 4l-8 8a5 5 0 0 1-7-7l7-7",
    "clock": "M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16M12 8v4l3 2",
    "folder": "M3 6h6l2 2h10v11H3z",
    "gear": "M12 9a3 3 0 1 0 0 6a3 3 0 1 0 0-6M12 3v3M12 18v3M3 12h3M18 12h3M6 6l2 2M16 16l2 2M18 6l-2 2M8 16l-2 2",
    "grid": "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z",
    "inbox": "M4 5h16l1 9v5H3v-5zM3 14h5l1 2h6l1-2h5",
    "join": "M5 5c0 5 7 4 7 9v6M19 5c0 5-7 4-7 9M9 17l3 3 3-3",
    "layers": "M12 4 21 9l-9 5-9-5zM4 13l8 5 8-5",
    "lock": "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3",
    "more": "M5 12h.5M12 12h.5M19 12h.5",
    "newspaper": "M4 5h13v14H6a2 2 0 0 1-2-2zM17 9h3v8a2 2 0 0 1-2 2M7 9h7M7 13h7M7 16h4",
    "rule": "M5 6h14M5 12h9M5 18h5M17 14l3 3-3 3",
    "play": "M8 5l11 7-11 7z",
    "plus": "M12 5v14M5 12h14",
    "reply": "M9 6l-5 5 5 5M4 11h10a6 6 0 0 1 6 6v1",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.5 15.5 21 21",
    "send": "M3 11l18-7-6 17-4-7zM11 14l10-10",
    "shield": "M12 3l8 3v6c0 5-4 8-8 9c-4-1-8-4-8-9V6z",
    "spark": "M12 3v5M12 16v5M3 12h5M16 12h5M6 6l3 3M15 15l3 3M18 6l-3 3M9 15l-3 3",
    "split": "M12 20v-6c0-5-7-4-7-9M12 14c0-5 7-4 7-9M2.5 8 5 5l2.5 3M16.5 8 19 5l2.5 3",
    "star": "M12 4l2.5 5.2 5.5.8-4 4 1 5.6-5-2.7-5 2.7 1-5.6-4-4 5.5-.8z",
    "undo": "M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4",
    "tag": "M4 4h8l8 8-8 8-8-8zM8 8v.5",
    "trash": "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10 11v6M14 11v6",
    "users": "M9 5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7M3 20c0-4 3-6 6-6s6 2 6 6M16 6a3 3 0 0 1 0 6M17 14c3 .5 4 3 4 6",
}


def add_icons(app: Flask) -> None:
    """Give the templates `icon(name)`."""
    add_lasting(app, "icon", icon)


@cache
def icon(name: str) -> Markup:
    """Answer an icon that screen readers pass over."""
    return Markup('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>').format(_PATHS[name])
