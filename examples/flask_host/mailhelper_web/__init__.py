"""A mail assistant in the browser: parse the request, make one call of mailhelper, render the answer."""

from __future__ import annotations

from mailhelper_web.app import create_app
from mailhelper_web.config import Config

__all__ = ["Config", "create_app"]
