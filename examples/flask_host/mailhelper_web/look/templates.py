"""Templates in one language each: sentences, icons and addresses that never change are compiled into them.

A page has a hundred of them, and asking for each one again was a tenth of what the page costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from functools import lru_cache
from types import CodeType
from typing import Any, cast

from flask import Flask, has_request_context, request
from flask.sansio.app import App
from flask.templating import Environment
from flask_babel import get_locale
from jinja2 import Template, nodes
from jinja2.visitor import NodeTransformer

Lasting = Callable[..., str]
# Languages, by the paths that the host is served under.
_MOST = 32


class Templates(Environment):
    """Jinja's environment, with others beside it that share all but the compiled templates: those of one language."""

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        self.lasting: dict[str, Lasting] = {}
        self.is_of_language = False
        self._spoken = lru_cache(_MOST)(self._speaking)

    def get_template(self, name: str | Template, *given: Any, **named: Any) -> Template:
        """Answer a template in the language of this request, under the path that it came by."""
        is_known = self.is_of_language or not has_request_context()
        home = self if is_known else self._spoken(str(get_locale()), request.script_root)
        return super(Templates, home).get_template(name, *given, **named)

    def compile(self, source: str | nodes.Template, *given: Any, **named: Any) -> str | CodeType:  # type: ignore[override]
        """Compile a template; one of a language holds as text what lasts."""
        if self.is_of_language and isinstance(source, str):
            source = _Written(self.lasting).visit(self.parse(source, *given[:2]))
        return cast("str | CodeType", super().compile(source, *given, **named))

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Answer what all templates know; each page copies it, and a chain of mappings in ten times as long."""
        return super().make_globals(d) if d else self.globals

    def _speaking(self, _language: str, _root: str) -> Templates:
        found = self.overlay()
        found.is_of_language = True
        return found


def add_lasting(app: Flask, name: str, call: Lasting) -> None:
    """Give the templates a global that answers the same arguments alike in all pages of a language."""
    templates = cast("Templates", app.jinja_env)
    templates.globals.setdefault(name, call)
    templates.lasting[name] = call


class _Written(NodeTransformer):
    """Replaces calls of what lasts by their answers."""

    def __init__(self, lasting: Mapping[str, Lasting]) -> None:
        self._lasting = lasting

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """Answer the text instead of a call whose arguments stand in the template."""
        self.generic_visit(node)
        call = self._lasting.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        is_plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if call is None or not is_plain or not all(isinstance(one, nodes.Const) for one in node.args):
            return node
        return nodes.Const(call(*(one.as_const() for one in node.args)), lineno=node.lineno)
