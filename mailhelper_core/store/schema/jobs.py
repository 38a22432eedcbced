"""Jobs: the truth about work in the background, and whose turn it is."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table, text

from mailhelper_core.store.schema.types import PREFIX, BigInt, CleanText, Key, Micros, id_column, metadata, ref

_QUEUED = text("state = 'queued'")
_NEW = text("state = 'queued' AND lined_up_at IS NULL")
_RUNNING = text("state = 'running'")
_UNTOLD = text("token < 0")
# What keeps others from being asked for: a few rows among those of a month.
STANDING = ("queued", "running", "quarantined")
_STANDING = text("state IN ('queued', 'running', 'quarantined')")

jobs = Table(
    f"{PREFIX}jobs",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    ref("account_id", "accounts", nullable=True),
    Column("kind", Key, nullable=False),
    Column("resource", Key, nullable=False),  # the lease that a claim takes: of an account or an owner, by lane
    Column("state", Key, nullable=False),
    Column("stage", Key, nullable=False, server_default=""),
    Column("done", BigInt, nullable=False, server_default="0"),
    Column("total", BigInt, nullable=False, server_default="0"),
    Column("cursor", CleanText, nullable=False, server_default=""),
    Column("result", CleanText, nullable=False, server_default="{}"),  # JSON object of counts
    Column("item", CleanText, nullable=False, server_default=""),  # what it is at, while that is dangerous
    Column("skipped", CleanText, nullable=False, server_default="[]"),  # JSON list of items that are left out
    Column("claims", BigInt, nullable=False, server_default="0"),  # rises at each claim: fences off earlier ones
    Column("token", BigInt, nullable=False, server_default="0"),  # of its lease; < 0: its end is not told
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("cancel", Boolean, nullable=False, server_default=text("false")),
    Column("not_before", Micros, nullable=False),
    Column("rung_at", Micros, nullable=False, server_default="0"),
    Column("error_code", Key, nullable=False, server_default=""),
    Column("created_at", Micros, nullable=False),
    Column("started_at", Micros),
    Column("heartbeat_at", Micros),
    Column("finished_at", Micros),
    Column("lined_up_at", Micros),  # when its owner was put into the row of those who wait for a turn
    Column("moved_at", Micros),  # when it last got further, or was taken up
    # One queued job of a kind for each resource: asking twice is asking once.
    Index("uq_mailhelper_jobs_queued", "resource", "kind", unique=True, sqlite_where=_QUEUED),
    Index("ix_mailhelper_jobs_unheard", "rung_at", "id", sqlite_where=_QUEUED),
    # In orders that no other index has, which is how these are chosen, whatever was last counted.
    Index("ix_mailhelper_jobs_new", "lined_up_at", "id", sqlite_where=_NEW),
    Index("ix_mailhelper_jobs_waiting", "owner_id", "not_before", "id", sqlite_where=_QUEUED),
    Index("ix_mailhelper_jobs_at_work", "owner_id", "id", sqlite_where=_RUNNING),
    Index(None, "owner_id", "id"),
    Index("ix_mailhelper_jobs_untold", "id", sqlite_where=_UNTOLD),
    Index("ix_mailhelper_jobs_standing", "account_id", "kind", sqlite_where=_STANDING),
    # When an account was last ruled on, and whatever is asked of one account.
    Index(None, "account_id", "kind", "created_at"),
    Index(None, "finished_at"),
    sqlite_autoincrement=True,
)

job_turns = Table(
    f"{PREFIX}job_turns",
    metadata,
    Column("owner_id", BigInt, nullable=False),
    Column("served_at", Micros, nullable=False),  # when the owner's last claim was: who waits longest comes first
    Column("woken_by", BigInt),  # the job that put the owner into the row; NULL: not in it
    PrimaryKeyConstraint("owner_id"),
    Index("ix_mailhelper_job_turns_row", "served_at", "woken_by", sqlite_where=text("woken_by IS NOT NULL")),
)
