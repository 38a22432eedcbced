"""Every developer command is a session here; `./dev NAME` runs it.

All sessions share the one environment .venv that `./dev` makes; only `versions` makes others.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).parent
VENV = ROOT / ".venv"
PACKAGES = [name for name in ("mailhelper_core", "mailhelper_celery") if (ROOT / name).is_dir()]
CLI = ROOT / "examples" / "cli"
WEB = ROOT / "examples" / "flask_host"
OTHER_PYTHONS = ("3.12", "3.13")
PYTEST = ("python", "-m", "pytest", "-c", "pyproject.toml")
# Tests start hundreds of processes: where nothing keeps what was compiled, as in many containers, each takes 3.5 s of
# CPU to import us instead of 1.4.
COMPILED: dict[str, str | None] = {"PYTHONDONTWRITEBYTECODE": None}

nox.options.sessions = ["lint", "types", "layers", "test"]
nox.options.error_on_missing_interpreters = False
nox.options.error_on_external_run = False


@nox.session(venv_backend="none")
def test(session: nox.Session) -> None:
    """All tests on real servers. pytest's arguments, --full, --allow-skips, --allow-missing-servers."""
    _ready(session, *_dev_requirements())
    _run_pytest(session)


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Ruff: rules and format. `./dev lint --fix` repairs what it can."""
    _ready(session, *_dev_requirements())
    fix = "--fix" in session.posargs
    session.run("ruff", "check", *(["--fix"] if fix else []), ".")
    session.run("ruff", "format", *([] if fix else ["--check"]), ".")


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """mypy --strict on the packages and on the tools of the tests."""
    _ready(session, *_dev_requirements())
    session.run("mypy", *typed(), *session.posargs)


@nox.session(venv_backend="none")
def layers(session: nox.Session) -> None:
    """import-linter: who may import whom."""
    _ready(session, *_dev_requirements())
    session.run("lint-imports", *session.posargs)


@nox.session(venv_backend="none")
def api(session: nox.Session) -> None:
    """What of the public API went and came since the last release; refuses what breaks callers. `--write` keeps it."""
    _ready(session, *_dev_requirements())
    session.run("python", "-m", "tests.api_diff", *session.posargs)


@nox.session(venv_backend="none")
def changes(session: nox.Session) -> None:
    """What is new since the last release, as it will stand in CHANGELOG.md."""
    _ready(session, *_dev_requirements())
    session.run("towncrier", "build", "--draft", "--version", "next", *session.posargs)


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """Build the documentation into docs/_build/html; a warning is an error."""
    _ready(session, *_dev_requirements())
    session.run("sphinx-build", "-W", "--keep-going", "-q", "docs", "docs/_build/html", *session.posargs)


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Measure: `./dev bench [NAME] [--json]`."""
    _ready(session, *_dev_requirements())
    session.run("python", "-m", "tests.servers", "--allow-missing-servers")  # a benchmark says which it needs
    session.run("python", "-m", "bench", *session.posargs)


@nox.session(venv_backend="none")
def soak(session: nox.Session) -> None:
    """The random machines for hours, then the long chaos campaign: `./dev soak [EXAMPLES] [--hypothesis-seed=N]`.

    2,000 examples of 50 steps each, if not said.
    """
    _ready(session, *_dev_requirements())
    numbers = [argument for argument in session.posargs if argument.isdecimal()]
    rest = [argument for argument in session.posargs if not argument.isdecimal()]
    seed = [] if any("seed" in argument for argument in rest) else [f"--hypothesis-seed={secrets.randbelow(2**32)}"]
    session.log(f"again with: ./dev soak {' '.join([*numbers, *seed, *rest])}")
    session.run(
        *PYTEST, "tests/stateful", "-k", "machine", *seed, *rest,
        env={"MAILHELPER_STATEFUL_EXAMPLES": numbers[0] if numbers else "2000"},
    )  # fmt: skip
    session.run(*PYTEST, "tests/celery/test_chaos.py", "--full", "-k", "long", *seed, *rest)


@nox.session(venv_backend="none")
def demo(session: nox.Session) -> None:
    """Real mail on the whole journey, against the bundled IMAP server; `--json` for one object."""
    _ready(session, "-e", ".", "-e", str(CLI))
    session.run("mailhelper", "demo", *session.posargs)


@nox.session(venv_backend="none")
def screenshots(session: nox.Session) -> None:
    """Pictures of every page of the web host in `screenshots/`; `--readme` takes those of the README."""
    _ready(session, *_dev_requirements())
    session.run("python", "-m", "examples.flask_host.tests.screenshots", *session.posargs)


@nox.session(venv_backend="none")
def web(session: nox.Session) -> None:
    """The Flask host with a demo account, embedded default: `./dev web --port 8080`."""
    _ready(session, "-e", ".", "-e", str(WEB))
    session.run("mailhelper-web", "demo", *session.posargs)


@nox.session(venv_backend="uv|virtualenv", python=OTHER_PYTHONS, reuse_venv=True, download_python="never")
def versions(session: nox.Session) -> None:
    """The tests on the other supported Pythons; names those that are absent."""
    session.install("--group", "test", "--group", "docs", "-e", ".[testing]", *_examples())
    _run_pytest(session)


@nox.session(venv_backend="uv", python="3.11", reuse_venv=True, download_python="never")
def lowest(session: nox.Session) -> None:
    """Unit and contract tests, on SQLite alone, with the lowest versions of our dependencies that we allow."""
    _run_without_servers(session, "lowest-direct")


@nox.session(venv_backend="uv", reuse_venv=True, download_python="never")
def highest(session: nox.Session) -> None:
    """The same tests with the newest releases that we allow, of our dependencies and of theirs."""
    _run_without_servers(session, "highest")


@nox.session(venv_backend="uv|virtualenv", reuse_venv=True)
def release(session: nox.Session) -> None:
    """Build wheel, sdist and a bill of materials (CycloneDX) of what a plain install brings, into dist/."""
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    session.install("hatchling", "cyclonedx-bom")
    session.run("python", "-m", "hatchling", "build", "-d", "dist")
    plain = Path(session.create_tmp()).resolve() / "plain"
    session.run(sys.executable, "-m", "venv", "--clear", str(plain), external=True)
    (wheel,) = (ROOT / "dist").glob("*.whl")
    pip = (str(plain / "bin" / "python"), "-m", "pip")
    session.run(*pip, "install", "--quiet", str(wheel), external=True)
    session.run(*pip, "uninstall", "--quiet", "--yes", "setuptools", "pip", external=True)
    session.run("cyclonedx-py", "environment", str(plain), "--output-file", "dist/mailhelper.cdx.json")


def typed() -> list[str]:
    """Answer what mypy looks at: the packages, the hosts and plugins of the examples, and the tools of the tests."""
    hosts = [str(package.parent) for package in ROOT.glob("examples/**/mailhelper_*/__init__.py")]
    plugins = [str(module) for module in ROOT.glob("examples/**/mailhelper_*.py")]
    return [*PACKAGES, *hosts, *plugins, "tests/servers", "tests/conftest.py", "conftest.py", "noxfile.py"]


def _run_pytest(session: nox.Session) -> None:
    """Run the whole suite on two cores, or exactly what the arguments select."""
    full = "--full" in session.posargs
    # Twelve thousand tests with real servers and real time: one in the whole run may meet a busy machine. Campaigns
    # look for what is rare; a second try would hide it.
    tries = [] if full else ["--reruns", "1", "--reruns-delay", "3"]
    allow = ["--allow-missing-servers"] if "--allow-missing-servers" in session.posargs else []
    session.run("python", "-m", "tests.servers", *allow)
    selects = any(not argument.startswith("--") for argument in session.posargs)
    # A third worker keeps both cores at work while a test waits for leases and servers.
    whole = ["-n", "3", "--dist", "worksteal", "--durations", "40", "--durations-min", "5", *tries]
    session.run(*PYTEST, *([] if selects else whole), *session.posargs, env=COMPILED)


def _run_without_servers(session: nox.Session, resolution: str) -> None:
    """Run what needs neither PostgreSQL nor Dovecot, or what the arguments select, with versions chosen anew."""
    wanted = ("--group", "test", "-e", ".[testing,postgres,learn]", *_examples())
    session.install("--upgrade", "--resolution", resolution, *wanted)
    selects = any(not argument.startswith("-") for argument in session.posargs)
    everything = ("-n", "2", "--dist", "worksteal", "-m", "not servers", "tests/unit", "tests/contract")
    session.run(*PYTEST, *(() if selects else everything), *session.posargs, env=COMPILED)


def _dev_requirements() -> list[str]:
    return ["--group", "dev", "-e", ".[testing]", *_examples()]


def _examples() -> list[str]:
    """Editable installs of the example hosts and plugins: they are tested as installed projects."""
    projects = sorted(ROOT.glob("examples/*/pyproject.toml")) + sorted(ROOT.glob("examples/plugins/*/pyproject.toml"))
    return [word for project in projects for word in ("-e", str(project.parent))]


def _ready(session: nox.Session, *requirements: str) -> None:
    """Install into .venv once for each set of requirements and project files."""
    if Path(sys.prefix) != VENV:
        session.error(f"start it as ./dev {session.name}: the sessions share the environment .venv")
    stamp = VENV / f"installed-{_digest(requirements)}"
    if stamp.exists():
        return
    session.log("installing into .venv (once for each change of a pyproject.toml)")
    _install(session, *requirements)
    stamp.touch()


def _digest(requirements: tuple[str, ...]) -> str:
    projects = [ROOT / "pyproject.toml", *sorted(ROOT.glob("examples/**/pyproject.toml"))]
    parts = [" ".join(requirements).encode(), *(project.read_bytes() for project in projects)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _install(session: nox.Session, *requirements: str) -> None:
    """Install with uv (seconds), or with pip where only pip is configured to reach an index."""
    with_uv = ["uv", "pip", "install", "--quiet", "--python", sys.executable, *requirements]
    # The machine's certificates, as pip uses them: behind a company's proxy uv's own list refuses.
    # The setting's older and newer name.
    environment = {**os.environ, "UV_NATIVE_TLS": "true", "UV_SYSTEM_CERTS": "true"}
    if subprocess.run(with_uv, cwd=ROOT, stdout=sys.stderr, env=environment, check=False).returncode != 0:
        session.run("python", "-m", "pip", "install", "--quiet", *requirements, stdout=sys.stderr)
