"""Run a program beside ours and measure it: tool.py FOLDER COMMAND ...; CPU and wall time of it and its children."""

from __future__ import annotations

import resource
import subprocess
import sys
import time

from bench.gauge import tell

# Its own limit: a peer that hangs must not hold up the others.
TIMEOUT_SECONDS = 240
folder, *command = sys.argv[1:]
before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
done = subprocess.run(command, cwd=folder, capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
if done.returncode != 0:
    sys.exit(done.stderr.decode(errors="replace")[-1000:] or f"ended with {done.returncode}")
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
tell({"cpu": cpu, "wall": wall, "rss_mb": after.ru_maxrss / 1024})
