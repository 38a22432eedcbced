"""examples/deploy is sound: what is started exists, every queue is heard, nothing is open, systemd takes the units."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # comes with myst-parser

from mailhelper_celery import QUEUES
from mailhelper_celery.doctor import WANTED_OF_REDIS
from tests.acceptance.deploy_forms import compose_faults, unit_faults

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "examples" / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one.get("image") == "mailhelper:local"}
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
EXAMPLE = (DEPLOY / "systemd" / "environment.example").read_text(encoding="utf-8")
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("mailhelper_core", "mailhelper_celery", "examples")
    for path in (ROOT / folder).rglob("*.py")
)
# Programs that come with what the image installs.
INSTALLED = {"python", "celery"}


def test_all_parts_of_a_deployment_are_there() -> None:
    assert set(SERVICES) >= {"postgres", "redis", "web", "worker", "beat", "watcher", "flower", "metrics", "migrate"}


def test_redis_keeps_its_bells_and_throws_none_away() -> None:
    words = SERVICES["redis"]["command"]

    assert {name: words[words.index(f"--{name}") + 1] for name in WANTED_OF_REDIS} == WANTED_OF_REDIS


def test_the_database_is_well_when_it_listens_to_others() -> None:
    words = SERVICES["postgres"]["healthcheck"]["test"]

    # The image answers on its socket while it still makes the database; who comes then is cut off.
    assert words[words.index("-h") + 1] == "127.0.0.1"


def test_nothing_is_killed_while_it_ends() -> None:
    # gunicorn waits half a minute for open requests; a busy machine is slow to end even what is idle.
    assert {one["stop_grace_period"] for one in OURS.values()} == {"40s"}
    assert set(re.findall(r"TimeoutStopSec=(.+)", _units())) == {"40"}
    assert _units().count("TimeoutStopSec") == len(UNITS) - 1


def test_the_page_enables_every_unit_and_installs_what_they_start() -> None:
    page = (ROOT / "docs" / "howto" / "operate.md").read_text(encoding="utf-8")
    enabled = re.search(r"systemctl enable --now mailhelper-\{([\w,]+)\}$", page, re.MULTILINE)

    assert enabled
    assert {f"mailhelper-{name}.service" for name in enabled[1].split(",")} == {unit.name for unit in UNITS}
    assert set(re.findall(r"User=(.*)", _units())) == {"mailhelper"}
    others = {f"mailhelper-{name}" for name in enabled[1].split(",")} - {"mailhelper-migrate"}
    updated = re.findall(r"systemctl (?:stop|start) mailhelper-\{([\w,]+)\}$", page, re.MULTILINE)
    assert [{f"mailhelper-{name}" for name in names.split(",")} for names in updated] == [others] * 2
    first, again = re.findall(r"/opt/mailhelper/bin/pip install (?:--upgrade )?(.*)$", page, re.MULTILINE)
    assert first == again
    for said in ("useradd --system", "-m venv /opt/mailhelper", "/etc/mailhelper/environment", "createdb"):
        assert said in page


def test_only_workers_work() -> None:
    watchers = [" ".join(OURS["watcher"]["command"]), *re.findall(r"bin/(mailhelper watch.*)", _units())]

    assert [words.replace("=", " ") for words in watchers] == ["mailhelper watch --threads 0"] * 2
    assert OURS["web"]["environment"]["MAILHELPER_WEB_JOB_THREADS"] == "0"
    assert "MAILHELPER_WEB_JOB_THREADS=0" in EXAMPLE


def test_the_web_process_believes_the_one_proxy_before_it() -> None:
    assert OURS["web"]["environment"]["MAILHELPER_WEB_TRUSTED_PROXIES"] == "1"
    assert "MAILHELPER_WEB_TRUSTED_PROXIES=1" in EXAMPLE


def test_strangers_who_find_the_host_do_not_register() -> None:
    assert OURS["web"]["environment"]["MAILHELPER_WEB_REGISTRATION"] == "invited"
    assert "MAILHELPER_WEB_REGISTRATION=invited" in EXAMPLE


def test_an_image_is_built_of_what_it_installs_and_of_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    first, *rules = [line for line in lines if not line.startswith("#")]
    taken = {line.removeprefix("!") for line in rules if line.startswith("!")}
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    mine = {"pyproject.toml", project["project"]["readme"], *project["project"]["license-files"]}
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    others = set(re.findall(r"\./(examples/\w+)", dockerfile))
    assert first == "*"
    assert taken == mine | packages | others
    assert {"**/.env*", "**/*.db*", "**/*.key", "**/*.secret", "**/tests"} <= set(rules)


def test_an_image_has_what_its_parts_ask_for_when_they_are_set_up() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    installed = re.search(r"'\.\[([\w,]+)\]'", dockerfile)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert installed
    assert set(installed[1].split(",")) == set(project["project"]["optional-dependencies"]) - {"testing"}
    page = (ROOT / "docs" / "howto" / "operate.md").read_text(encoding="utf-8")
    assert re.findall(r"mailhelper/bin/pip install (?:--upgrade )?'\.\[([\w,]+)\]'", page) == [installed[1]] * 2


def test_compose_accepts_the_file() -> None:
    program = shutil.which("docker")
    if program is None or subprocess.run([program, "compose", "version"], capture_output=True, check=False).returncode:
        return  # its form is looked at below
    secrets = {name: "p@ss/w#rd" for name in set(re.findall(r"\$\{(\w+):\?\}", (DEPLOY / "compose.yaml").read_text()))}
    command = [program, "compose", "-f", str(DEPLOY / "compose.yaml"), "config", "--quiet"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **secrets})

    assert (done.returncode, done.stderr) == (0, "")


def test_flower_asks_for_a_password_and_no_port_is_open_to_the_world() -> None:
    assert SERVICES["flower"]["environment"]["FLOWER_BASIC_AUTH"].endswith(":?}")
    ports = [port for one in SERVICES.values() for port in one.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_queue_has_a_worker() -> None:
    commands = [one["command"] for one in OURS.values() if "worker" in one["command"]]
    heard = {queue for words in commands for queue in words[words.index("-Q") + 1].split(",")}

    assert heard == set(QUEUES.values())


def test_what_hangs_in_a_worker_is_ended() -> None:
    commands = [" ".join(one["command"]) for one in OURS.values()] + re.findall(r"bin/(celery .*)", _units())
    workers = [words for words in commands if " worker" in words]

    # Celery's limits hold in the pool that it takes by itself; a thread that hangs beats for its job for ever.
    assert len(workers) == 3
    assert [words for words in workers if re.search(r" (-P|--pool)\b", words)] == []


def test_whoever_answers_others_or_works_is_asked_whether_it_is_well() -> None:
    asked = {name for name, one in SERVICES.items() if "healthcheck" in one}
    workers = {name for name, one in OURS.items() if "worker" in one["command"]}

    assert len(workers) == 2
    assert asked == workers | {"postgres", "redis", "web"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_what_a_service_starts_exists_and_it_may_do_little(name: str) -> None:
    one = OURS[name]

    assert one["command"][0] in INSTALLED | _scripts()
    assert (one["read_only"], one["user"], one["cap_drop"]) == (True, "10001", ["ALL"])
    assert one["init"], "a container's first process hears no SIGTERM before it listens to it"
    assert one["depends_on"] if name != "migrate" else one["restart"] == "no"


def test_every_variable_that_is_set_is_one_that_is_read() -> None:
    names = {name for one in OURS.values() for name in one["environment"]} | set(
        re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE)
    )

    unknown = [name for name in sorted(names) if name.removeprefix("MAILHELPER_WEB_") not in CODE]

    assert unknown == ["FLOWER_BASIC_AUTH", "PGPASSWORD", "PYTHONFAULTHANDLER"]


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_secrets_are_asked_for_and_stand_in_no_file_and_no_url(service: str) -> None:
    for name, value in SERVICES[service].get("environment", {}).items():
        assert not re.search(r"://.*\$", str(value)), "a password may hold what a URL quotes"
        if re.search("PASSWORD|SECRET|AUTH", name):
            assert re.fullmatch(r"\$\{\w+:\?\}", str(value))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_accepts_a_unit(unit: Path, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        return  # its form is looked at below
    for one in UNITS:
        text = one.read_text(encoding="utf-8").replace("/opt/mailhelper/bin/", "/usr/bin/env ")
        (tmp_path / one.name).write_text(text, encoding="utf-8")

    done = subprocess.run(
        [program, "verify", "--man=no", "--recursive-errors=no", str(tmp_path / unit.name)],
        capture_output=True, text=True, check=False,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:/usr/lib/systemd/system:/lib/systemd/system", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip

    assert (done.returncode, [line for line in done.stderr.splitlines() if "mailhelper" in line]) == (0, [])


def test_the_forms_are_those_of_compose_and_systemd() -> None:
    names = {unit.name for unit in UNITS}

    assert compose_faults(COMPOSE) == []
    assert [fault for unit in UNITS for fault in unit_faults(unit.read_text(encoding="utf-8"), names)] == []


def test_a_slip_in_a_form_is_found() -> None:
    worker = SERVICES["worker"]
    for slip in (
        {"comand": worker["command"]},
        {"depends_on": {"rediss": {"condition": "service_healthy"}}},
        {"depends_on": {"redis": {"condition": "healthy"}}},
        {"volumes": ["keis:/keys"]},
        {"healthcheck": {"tests": ["true"]}},
    ):
        assert len(compose_faults({**COMPOSE, "services": {**SERVICES, "worker": {**worker, **slip}}})) == 1, slip
    unit = next(one for one in UNITS if "worker" in one.stem)
    text, names = unit.read_text(encoding="utf-8"), {one.name for one in UNITS}
    for right, wrong in (
        ("ExecStart=/", "ExecStart=bin/"),
        ("Restart=", "Restart=never"),
        ("NoNewPrivileges=", "NoNewPrivilege="),
        ("mailhelper-migrate.service", "mailhelper-migration.service"),
        ("[Service]", "[Services]"),
    ):
        assert right in text
        assert unit_faults(text.replace(right, wrong), names), wrong


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_what_a_unit_starts_exists_and_runs_without_rights(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    programs = re.findall(r"^ExecStart=.*/opt/mailhelper/bin/(\S+)", text, re.MULTILINE)

    assert set(programs) <= INSTALLED | _scripts()
    assert programs
    assert {"User=mailhelper", "NoNewPrivileges=yes", "ProtectSystem=strict"} <= set(text.splitlines())


def test_units_that_wait_for_the_schema_outlive_a_database_that_comes_late() -> None:
    text = (DEPLOY / "systemd" / "mailhelper-migrate.service").read_text(encoding="utf-8")

    # One failure of what others require, and systemd gives them up for good.
    assert re.search(
        r"^ExecStart=/bin/sh -c 'until \S+ -m mailhelper_core migrate; do sleep \d+; done'$", text, re.MULTILINE
    )
    assert all(
        "Requires=mailhelper-migrate.service" in unit.read_text() for unit in UNITS if "migrate" not in unit.stem
    )


def _units() -> str:
    return "\n".join(unit.read_text(encoding="utf-8") for unit in UNITS)


def _scripts() -> set[str]:
    projects = [
        tomllib.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "examples").glob("*/pyproject.toml")
    ]
    return {name for project in projects for name in project["project"].get("scripts", {})}
