"""What a page says after a deed, with the button that takes it back or goes on."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, url_for

from mailhelper_core import Change

# The category of flash messages that bring such a button.
UNDO = "undo"


def offer_undo(words: str, change: Change | int) -> None:
    """Say what was done to mail; the button undoes the change."""
    change_id = change if isinstance(change, int) else change.id
    offer(words, url_for("actions.undo", change_id=change_id), {})


def offer(words: str, address: str, fields: Mapping[str, list[int]], *, button: str = "") -> None:
    """Say what was done; the button, "Undo" if nothing is said, sends these fields to an address of this host."""
    pairs = [[name, value] for name, values in fields.items() for value in values]
    flash({"words": words, "address": address, "fields": pairs, "button": button}, UNDO)  # type: ignore[arg-type]
