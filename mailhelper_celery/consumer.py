"""A worker's consumer that lives on when Redis goes away while one of its processes works and another waits."""

from __future__ import annotations

from typing import Any

from celery.worker import consumer
from kombu.common import ignore_errors


class Consumer(consumer.Consumer):
    """Celery's own, but for the end of a connection to Redis.

    Celery 5.7 closes a lost connection twice. The first time kombu fails at the answer that it waits for and leaves its
    channel open; the second time it would give back what is at work, by a connection that has been dropped meanwhile,
    and the AttributeError of that ends the worker.
    """

    task_consumer: Any = None
    connection: Any

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Close the channel while its connection is still known, then do as Celery does."""
        if self.task_consumer is not None and self.connection.transport.driver_type == "redis":
            ignore_errors(self.connection, self.task_consumer.channel.close)
        super().on_connection_error_after_connected(exc)
