"""The forms of a compose file and of units of systemd, as far as ours use them: for where their programs are not."""

from __future__ import annotations

import configparser
import re
from collections.abc import Collection
from typing import Any

CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
OF_A_SERVICE = {
    "build",
    "cap_drop",
    "command",
    "depends_on",
    "environment",
    "expose",
    "healthcheck",
    "image",
    "init",
    "ports",
    "read_only",
    "restart",
    "security_opt",
    "shm_size",
    "stop_grace_period",
    "tmpfs",
    "user",
    "volumes",
}
OF_HEALTH = {"test", "interval", "timeout", "retries", "start_period", "start_interval", "disable"}
OF_A_UNIT = {
    "Unit": {
        "After",
        "Description",
        "Documentation",
        "Requires",
        "Wants",
    },
    "Service": {
        "EnvironmentFile",
        "ExecStart",
        "ExecStartPre",
        "KillMode",
        "MemoryMax",
        "NoNewPrivileges",
        "PrivateDevices",
        "PrivateTmp",
        "ProtectControlGroups",
        "ProtectHome",
        "ProtectKernelTunables",
        "ProtectSystem",
        "RemainAfterExit",
        "Restart",
        "RestartSec",
        "RestrictAddressFamilies",
        "StateDirectory",
        "TimeoutStopSec",
        "Type",
        "User",
        "WorkingDirectory",
    },
    "Install": {"WantedBy"},
}
VALUES = {
    "Restart": "no|always|on-failure|on-abnormal|on-success",
    "Type": "simple|exec|oneshot|notify|forking",
    "KillMode": "mixed|process|control-group|none",
    "RestartSec|TimeoutStopSec": r"\d+(s|min)?",
    "MemoryMax": r"\d+[KMGT]?",
    "(NoNew|Private|ProtectControl|ProtectKernel)\\w+|RemainAfterExit": "yes|no",
    "ExecStart|ExecStartPre": "[-+!]?/.+",
}


def compose_faults(compose: dict[str, Any]) -> list[str]:
    """Answer what compose would refuse."""
    services, volumes = compose["services"], compose.get("volumes", {})
    faults = [key for key in compose if key not in ("name", "services", "volumes") and not key.startswith("x-")]
    for name, one in services.items():
        faults += [f"{name}: {key}" for key in one.keys() - OF_A_SERVICE]
        faults += [f"{name}: {key}" for key in one.get("healthcheck", {}).keys() - OF_HEALTH]
        faults += [
            f"{name} depends on {other}"
            for other, how in one.get("depends_on", {}).items()
            if other not in services or how.get("condition") not in CONDITIONS
        ]
        mounted = [volume.partition(":")[0] for volume in one.get("volumes", ())]
        faults += [f"{name}: {volume}" for volume in mounted if volume not in volumes and volume[0] not in "./"]
        if not {"image", "build"} & one.keys():
            faults.append(f"{name}: no image")
    return faults


def unit_faults(text: str, units: Collection[str]) -> list[str]:
    """Answer what systemd would refuse, or leave out with a warning; units are those that are there."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read_string(text)
    faults = [section for section in parser.sections() if section not in OF_A_UNIT]
    for section in OF_A_UNIT.keys() & set(parser.sections()):
        for key, value in parser[section].items():
            forms = [form for names, form in VALUES.items() if re.fullmatch(names, key)]
            if key not in OF_A_UNIT[section] or not all(re.fullmatch(form, value, re.DOTALL) for form in forms):
                faults.append(f"{section}: {key}={value}")
    wanted = " ".join(parser["Unit"].get(key, "") for key in ("After", "Requires", "Wants")).split()
    return faults + [unit for unit in wanted if unit.startswith("mailhelper") and unit not in units]
