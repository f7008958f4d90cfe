"""Tables of the edge: corps and credentials (platform), inbox, calls and syncs (corp)."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, PlatformBase, identity_key, moment
from scrm.core.queue.rows import Leasable, Queued


class AppKind(StrEnum):
    """Which secret an app holds (developer page 91039): it decides what the app may call."""

    APP = "app"  # 自建应用
    CONTACT_SYNC = "contact_sync"  # 通讯录同步
    ARCHIVE = "archive"  # 会话内容存档


class InboxState(StrEnum):
    READY = "ready"
    DONE = "done"
    PARKED = "parked"


class CallState(StrEnum):
    """Where a call to WeCom stands."""

    READY = "ready"
    LEASED = "leased"  # on its way, until the lease ends
    ANSWERED = "answered"  # receipt stored, its asker could not take it yet
    DONE = "done"
    REFUSED = "refused"  # WeCom said no, for good
    UNKNOWN = "unknown"  # sent, no answer: never repeated blindly
    EXPIRED = "expired"  # its deadline passed before it could be sent
    PARKED = "parked"


class SyncState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Corp(PlatformBase):
    """One connected corp; ``id`` numbers its schema and role."""

    __tablename__ = "corp"

    id: Mapped[int] = identity_key()
    corp_id: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    api_base: Mapped[str] = mapped_column(Text)
    data_key: Mapped[bytes] = mapped_column(LargeBinary)  # wrapped by the deployment's key
    archive: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed JSON: secret, library, private keys
    revision: Mapped[int]
    created_at: Mapped[dt.datetime] = moment()
    applied_at: Mapped[dt.datetime] = moment()


class CorpRemoval(PlatformBase):
    """A corp that was removed with all that was known of it: which, when, by whom, and how much that was."""

    __tablename__ = "corp_removal"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # the corp's id
    corp_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]]
    removed_at: Mapped[dt.datetime] = moment()


class WecomApp(PlatformBase):
    """Credentials of one app of a corp; secret, token and key are sealed with the corp's data key."""

    __tablename__ = "wecom_app"
    __table_args__ = (UniqueConstraint("corp_no", "key"),)

    id: Mapped[int] = identity_key()
    corp_no: Mapped[int] = mapped_column(ForeignKey("scrm.corp.id"))
    key: Mapped[str] = mapped_column(Text)  # <app> in the callback address
    kind: Mapped[str] = mapped_column(Text)
    agent_id: Mapped[int | None] = mapped_column(BigInteger)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    token: Mapped[bytes] = mapped_column(LargeBinary)
    aes_key: Mapped[bytes] = mapped_column(LargeBinary)


class InboxRow(Queued, CorpBase):
    """One callback as it came, known or not; the body is sealed with the corp's data key."""

    __tablename__ = "wecom_inbox"
    __table_args__ = (
        UniqueConstraint("app", "digest"),
        Index("ix_wecom_inbox_ready", "due_at", postgresql_where=text("state = 'ready'")),
        Index("ix_wecom_inbox_parked", "id", postgresql_where=text("state = 'parked'")),
        Index("ix_wecom_inbox_received_at", "received_at", "id"),
        Index("ix_wecom_inbox_handled_at", "handled_at"),
    )

    app: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary)  # SHA-256 of the decrypted XML
    body: Mapped[bytes | None] = mapped_column(LargeBinary)  # purged some time after it was handled
    received_at: Mapped[dt.datetime] = moment()
    state: Mapped[str] = mapped_column(Text, server_default=text("'ready'"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    handled_at: Mapped[dt.datetime | None] = moment()
    event: Mapped[str | None] = mapped_column(Text)
    change_type: Mapped[str | None] = mapped_column(Text)
    known: Mapped[bool | None]  # whether a typed event came of it
    userid: Mapped[str | None] = mapped_column(Text)
    external_userid: Mapped[str | None] = mapped_column(Text)
    chat_id: Mapped[str | None] = mapped_column(Text)
    event_at: Mapped[dt.datetime | None] = moment()


class WecomCall(Leasable, CorpBase):
    """One call to WeCom: the intent before it, the receipt after it."""

    __tablename__ = "wecom_call"
    __table_args__ = (
        Index("ix_wecom_call_due", "lane", "due_at", postgresql_where=text("state IN ('ready', 'leased', 'answered')")),
        Index("ix_wecom_call_parked", "id", postgresql_where=text("state = 'parked'")),
        Index("ix_wecom_call_leased", "subject", postgresql_where=text("state = 'leased'")),
        # One waiting call per key: whoever asks while one waits is answered by that one.
        Index("uq_wecom_call_waiting_key", "key", unique=True, postgresql_where=text("state = 'ready'")),
        Index("ix_wecom_call_rereads", "subject", "reread_at", postgresql_where=text("reread_at IS NOT NULL")),
        Index("ix_wecom_call_finished_at", "finished_at", postgresql_where=text("finished_at IS NOT NULL")),
    )

    method: Mapped[str] = mapped_column(Text)
    arguments: Mapped[dict[str, Any]]
    app: Mapped[str | None] = mapped_column(Text)  # which app's credential; none: the method's own kind
    key: Mapped[str | None] = mapped_column(Text)
    reply: Mapped[str | None] = mapped_column(Text)  # name of the action that wants the answer
    context: Mapped[dict[str, Any]]
    deadline: Mapped[dt.datetime | None] = moment()
    answer: Mapped[dict[str, Any] | None]
    errcode: Mapped[int | None]
    unanswered: Mapped[bool] = mapped_column(server_default=text("false"))  # an earlier try's answer was lost
    reread_at: Mapped[dt.datetime | None] = moment()  # when it may leave, if it was asked for by a change
    created_at: Mapped[dt.datetime] = moment()
    finished_at: Mapped[dt.datetime | None] = moment()


class ApiPause(CorpBase):
    """A method over WeCom's frequency limit (45009), and until when; each caller looks here before each call."""

    __tablename__ = "api_pause"

    method: Mapped[str] = mapped_column(Text, primary_key=True)
    until: Mapped[dt.datetime] = moment()


class UnreadItem(CorpBase):
    """An item of an answer that could not be read; never taken for gone, and shown until it is dealt with."""

    __tablename__ = "unread_item"
    __table_args__ = (UniqueConstraint("method", "kind", "item_id"),)

    id: Mapped[int] = identity_key()
    method: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    item_id: Mapped[str] = mapped_column(Text)  # empty where not even the id could be read
    reason: Mapped[str] = mapped_column(Text)
    times: Mapped[int]
    first_at: Mapped[dt.datetime] = moment()
    last_at: Mapped[dt.datetime] = moment()


class SyncRun(CorpBase):
    """One pull of everything that WeCom knows of the corp."""

    __tablename__ = "sync_run"
    __table_args__ = (
        Index("uq_sync_run_running", text("(true)"), unique=True, postgresql_where=text("state = 'running'")),
    )

    id: Mapped[int] = identity_key()
    state: Mapped[str] = mapped_column(Text)
    started_by: Mapped[str] = mapped_column(Text)
    started_at: Mapped[dt.datetime] = moment()
    updated_at: Mapped[dt.datetime] = moment(index=True)
    finished_at: Mapped[dt.datetime | None] = moment()
    reason: Mapped[str | None] = mapped_column(Text)


class SyncStep(CorpBase):
    """One kind of thing within a sync; done when no call of it is outstanding."""

    __tablename__ = "sync_step"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("sync_run.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    done: Mapped[int]  # rows taken over
    outstanding: Mapped[int]  # calls not yet answered
    skipped: Mapped[int]  # objects that WeCom refused to show
    started_at: Mapped[dt.datetime | None] = moment()
    finished_at: Mapped[dt.datetime | None] = moment()
    reason: Mapped[str | None] = mapped_column(Text)  # why it failed, or what a done one could not tell


constraints.handled("uq_corp_corp_id", "inserted on conflict")
constraints.handled("uq_wecom_app_corp_no_key", "inserted on conflict")
constraints.handled("pk_corp_removal", "written once, under the lock of the corp's row")
constraints.handled("uq_wecom_inbox_app_digest", "inserted on conflict")
constraints.handled("uq_wecom_call_waiting_key", "inserted on conflict")
constraints.handled("pk_archive_cursor", "inserted on conflict")
constraints.handled("uq_archive_media_sdkfileid", "inserted on conflict")
constraints.handled("uq_archive_parked_envelope", "inserted on conflict")
constraints.handled("pk_api_pause", "inserted on conflict")
constraints.handled("uq_unread_item_method_kind_item_id", "inserted on conflict")
