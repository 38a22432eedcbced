"""Watch all accounts of a database and run their jobs until standard input ends: watch.py URL."""

from __future__ import annotations

import sys
import threading

from mailhelper_core import MailHelper, ThreadRunner

stop = threading.Event()
with MailHelper(sys.argv[1], runner=ThreadRunner()) as helper:
    thread = threading.Thread(target=helper.watch, args=(stop.is_set,))
    thread.start()
    sys.stdin.read()
    stop.set()
    thread.join()
