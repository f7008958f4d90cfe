"""Rules on messages, every version of them, and scans of what was archived before."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core.db import CorpBase, identity_key, moment
from scrm.core.queue.rows import Queued


class Rule(CorpBase):
    """A rule by name; ``version`` is the one in force."""

    __tablename__ = "rule"

    id: Mapped[int] = identity_key()
    name: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(Text)
    enabled: Mapped[bool]
    version: Mapped[int]
    words: Mapped[int]  # how many the version in force has
    hits: Mapped[int] = mapped_column(BigInteger)
    last_hit_at: Mapped[dt.datetime | None] = moment()
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = moment()
    updated_at: Mapped[dt.datetime] = moment(index=True)


class RuleVersion(CorpBase):
    """The parameters of a rule at one time: an alert says by which it was raised."""

    __tablename__ = "rule_version"

    rule_id: Mapped[int] = mapped_column(ForeignKey("rule.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    parameters: Mapped[dict[str, Any]]
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[dt.datetime] = moment()


class RuleScan(Queued, CorpBase):
    """A rule goes over what was archived before: from ``since`` to ``until``, at ``reached`` now."""

    __tablename__ = "rule_scan"

    rule_id: Mapped[int] = mapped_column(ForeignKey("rule.id"), index=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(Text, index=True)
    since: Mapped[dt.datetime] = moment()
    until: Mapped[dt.datetime] = moment()
    reached: Mapped[dt.datetime] = moment()
    reached_id: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    scanned: Mapped[int] = mapped_column(BigInteger)
    hits: Mapped[int] = mapped_column(BigInteger)
    started_by: Mapped[str] = mapped_column(Text)
    started_at: Mapped[dt.datetime] = moment()
    finished_at: Mapped[dt.datetime | None] = moment()
    due_at: Mapped[dt.datetime] = moment(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
