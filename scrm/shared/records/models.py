"""Table of saved views."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, identity_key, moment
from scrm.shared.records.errors import ViewNameTaken, ViewNameTakenByTeam


class ViewScope(StrEnum):
    """Whose a view is."""

    OWN = "own"
    TEAM = "team"  # everybody's who may read the kind; each sees their own records by it


class SavedView(CorpBase):
    """How a list of a kind is to be shown: what was asked for, as it was written.

    A field may be gone since, or hidden from who reads: that is looked at when it is given out.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        Index(
            "uq_saved_view_own",
            "account_id",
            "kind",
            "name",
            unique=True,
            postgresql_where=text("scope = 'own'"),
        ),
        Index("uq_saved_view_team", "kind", "name", unique=True, postgresql_where=text("scope = 'team'")),
    )

    id: Mapped[int] = identity_key()
    account_id: Mapped[int] = mapped_column(BigInteger)  # its maker
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text)
    pinned: Mapped[bool]
    filter: Mapped[dict[str, Any]]
    sort: Mapped[str | None] = mapped_column(Text)
    columns: Mapped[list[str]] = mapped_column(JSONB)
    density: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    created_at: Mapped[dt.datetime] = moment()
    updated_at: Mapped[dt.datetime] = moment()


constraints.says("uq_saved_view_own", ViewNameTaken)
constraints.says("uq_saved_view_team", ViewNameTakenByTeam)
