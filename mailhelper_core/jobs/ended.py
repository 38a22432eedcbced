"""What is said when a slice has ended: a line in the log, and metrics."""

from __future__ import annotations

import logging

from mailhelper_core.errors import MailHelperError
from mailhelper_core.jobs.gauges import of_slice
from mailhelper_core.jobs.plan import Verdict
from mailhelper_core.model.work.job import Job
from mailhelper_core.store.unit_of_work import Store

logger = logging.getLogger("mailhelper.jobs")


def tell(store: Store, job: Job, verdict: Verdict, error: Exception | None, seconds: float) -> None:
    """Tell the log and observers what became of a job."""
    if error is not None and not isinstance(error, MailHelperError):
        # The text of a foreign exception may quote mail: only its type is said.
        logger.error("job %d (%s): %s", job.id, job.kind, type(error).__name__)
    logger.info("job %d (%s): %s %s", job.id, job.kind, verdict.state, verdict.error_code)
    store.tell(of_slice(job.kind, verdict, seconds))
