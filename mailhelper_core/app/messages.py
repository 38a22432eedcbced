"""`ada.messages`: read messages, and do something to them."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core.actions.commands import MessageCommands
from mailhelper_core.read.service import ReadService


@dataclass(frozen=True)
class MessageServices(ReadService, MessageCommands):
    """Reading and commands under one name."""
