"""The JSON API: the same services as the pages, with a token, described by OpenAPI at /apidoc/openapi.json."""

from __future__ import annotations

from mailhelper_web.api.setup import add_api

__all__ = ["add_api"]
