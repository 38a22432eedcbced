"""The gate of the test run: skips fail it, what is left out is counted, nothing leaves the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = {
    "skips": "import pytest\ndef test_skips():\n    pytest.skip('no reason')\n",
    "misses_server": (
        "import pytest\nfrom tests.servers.process import MissingServerError\n"
        "def test_misses():\n    pytest.skip(str(MissingServerError('Dovecot')))\n"
    ),
    "is_long": "import pytest\n@pytest.mark.full\ndef test_long():\n    pass\n",
    "leaves": (
        "import socket\ndef test_leaves():\n    with socket.socket() as s:\n        s.connect(('192.0.2.1', 9))\n"
    ),
    "is_unsteady": (
        "from pathlib import Path\ndef test_is_unsteady():\n    seen = Path('seen')\n    tried = seen.exists()\n"
        "    seen.touch()\n    assert tried\n"
    ),
    "fails": "def test_fails():\n    assert False\n",
    "passes": "def test_passes():\n    pass\n",
}


def test_skips_fail_the_run_and_what_is_left_out_is_counted(tmp_path: Path) -> None:
    done = _run(tmp_path, "skips misses_server is_long passes")

    assert done.returncode == 1
    assert "2 skipped tests fail the run" in done.stdout
    assert "left out: 1 tests are long campaigns" in done.stdout


def test_worker_processes_hand_over_what_they_left_out(tmp_path: Path) -> None:
    done = _run(tmp_path, "skips is_long passes", "-n", "2")

    assert done.returncode == 1
    assert "1 skipped tests fail the run" in done.stdout
    assert "left out: 1 tests are long campaigns" in done.stdout


def test_a_missing_server_is_forgiven_when_allowed(tmp_path: Path) -> None:
    done = _run(tmp_path, "misses_server is_long passes", "--allow-missing-servers", "--full")

    assert done.returncode == 0
    assert "2 passed, 1 skipped" in done.stdout


def test_skips_are_forgiven_when_allowed_but_no_test_leaves_this_machine(tmp_path: Path) -> None:
    done = _run(tmp_path, "skips leaves", "--allow-skips")

    assert "skipped tests fail the run" not in done.stdout
    assert "a test tried to leave this machine: 192.0.2.1" in done.stdout


def test_who_fails_once_is_named_and_who_fails_twice_fails_the_run(tmp_path: Path) -> None:
    done = _run(tmp_path, "is_unsteady passes", "-n", "2", "--reruns", "1")
    assert done.returncode == 0
    assert "unsteady, tried twice: test_is_unsteady.py::test_is_unsteady" in done.stdout

    done = _run(tmp_path, "is_unsteady fails", "--reruns", "1")
    assert done.returncode == 1
    assert "1 failed" in done.stdout
    assert "tried twice: test_fails.py" not in done.stdout


def test_a_second_try_forgives_no_skip(tmp_path: Path) -> None:
    assert _run(tmp_path, "is_unsteady skips", "-n", "2", "--reruns", "1").returncode == 1


def _run(folder: Path, modules: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run planted test modules in a folder of their own, under the gate."""
    for name in modules.split():
        (folder / f"test_{name}.py").write_text(MODULES[name])
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    full: long\n")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conftest", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
