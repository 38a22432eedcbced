"""Every hook is proven by use: by something that is built in, and by an example plugin; the pages name these."""

from __future__ import annotations

import inspect
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from mailhelper_core import hookspecs
from mailhelper_core.ai.providers.configured import ConfiguredProviders
from mailhelper_core.app.built_in import BUILT_IN
from mailhelper_core.plugins.load import load

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "hooks.md"
EXAMPLES = sorted((ROOT / "examples" / "plugins").glob("*/pyproject.toml"))
HOOKS = sorted(name for name, value in vars(hookspecs).items() if inspect.isfunction(value))
# Hooks that only others need: no account of ours logs in by itself, and what we store and set has its own tables.
OTHERS_ONLY = {"register_tokens", "register_settings", "register_tables"}


def implemented(plugin: object) -> set[str]:
    """Answer the hooks that a plugin implements; one that it does not mark is none."""
    return {name for name in HOOKS if hasattr(getattr(plugin, name, None), f"{hookspecs.PROJECT}_impl")}


def modules(project: Path) -> list[str]:
    """Answer what the entry points of a project name."""
    found = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["entry-points"]["mailhelper"]
    return list(found.values())


BUILT_IN_BY_HOOK = {
    hook: sorted(name for name, plugin in [*BUILT_IN.items(), ("providers", ConfiguredProviders(None))]
                 if hook in implemented(plugin))
    for hook in HOOKS
}  # fmt: skip
EXAMPLES_BY_HOOK = {
    hook: [path.parent.name for path in EXAMPLES for name in modules(path) if hook in implemented(import_module(name))]
    for hook in HOOKS
}


@pytest.mark.parametrize("hook", HOOKS)
def test_an_example_plugin_uses_it(hook: str) -> None:
    assert EXAMPLES_BY_HOOK[hook], f"write an example plugin that implements {hook}"


@pytest.mark.parametrize("hook", HOOKS)
def test_something_built_in_uses_it(hook: str) -> None:
    assert bool(BUILT_IN_BY_HOOK[hook]) is (hook not in OTHERS_ONLY)


@pytest.mark.parametrize("hook", HOOKS)
def test_the_page_says_who_uses_it(hook: str) -> None:
    def words(names: list[str]) -> str:
        return ", ".join(f"`{name}`" for name in names)

    row = f"| [`{hook}`](#{hook}) | {words(BUILT_IN_BY_HOOK[hook])} | {words(EXAMPLES_BY_HOOK[hook])} |\n"

    assert re.sub(" +", " ", row) in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_is_a_project_that_loads_and_says_what_it_is(path: Path) -> None:
    project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    howto = (ROOT / "docs" / "howto" / "publish-a-plugin.md").read_text(encoding="utf-8")

    registry = load({}, [import_module(name) for name in modules(path)], allowed=())

    assert [info.problems for info in registry.plugins] == [()]
    assert project["name"] == f"mailhelper-{path.parent.name}"
    assert project["readme"] == "README.md"
    assert (path.parent / "README.md").read_text(encoding="utf-8").startswith(f"# {project['name']}\n")
    assert list((path.parent / "tests").glob("test_*.py"))
    assert f"`{path.parent.name}`" in howto
