"""Programs that figures are measured beside, from Debian packages: installed where we may."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping


def missing(packages: Mapping[str, str]) -> set[str]:
    """Install what is not here of programs (-> package) as root of a Debian system; answer what stays missing."""
    wanted = {program: package for program, package in packages.items() if shutil.which(program) is None}
    if wanted and os.geteuid() == 0 and shutil.which("apt-get"):
        command = ["apt-get", "-o", "DPkg::Lock::Timeout=120", "install", "-y", "-qq", "--no-install-recommends"]
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([*command, *wanted.values()], env=environment, capture_output=True, check=False)
    return {program for program in wanted if shutil.which(program) is None}
