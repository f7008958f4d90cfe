"""Whether the process is alive, and whether the service can do its work."""

import datetime as dt

from flask import Blueprint, Response, jsonify
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from scrm.core import clock, heartbeat, migrate
from scrm.core.db import platform_transaction
from scrm.core.doorbell import Lane, redis_connection
from scrm.core.errors import AppError
from scrm.core.http import problem_of
from scrm.core.platform import Heartbeat

pages = Blueprint("health", __name__)

_STALE = dt.timedelta(seconds=heartbeat.STALE_SECONDS)


class NotReady(AppError):
    status = 503
    code = "not_ready"
    zh = "尚未就绪：{detail}"
    en = "Not ready: {detail}"


@pages.get("/healthz")
def healthz() -> Response:
    """Alive: this process answers."""
    return jsonify(status="alive")


@pages.get("/readyz")
def readyz() -> Response:
    """Ready: database, migrations, Redis, workers and scheduler; 503 with the reason otherwise."""
    for check in (_database, _redis, _processes):
        reason = check()
        if reason is not None:
            return problem_of(NotReady(detail=reason))
    return jsonify(status="ready")


def _database() -> str | None:
    try:
        with platform_transaction() as session:
            behind = migrate.pending(session.connection())
    except SQLAlchemyError as error:
        return f"database: {type(error).__name__}"
    return f"migrations: {', '.join(behind)}" if behind else None


def _redis() -> str | None:
    connection = redis_connection()
    try:
        connection.ping()
    except (RedisError, OSError) as error:
        return f"redis: {type(error).__name__}"
    finally:
        connection.close()
    return None


def _processes() -> str | None:
    with platform_transaction() as session:
        beats = {row.name: row.at for row in session.scalars(select(Heartbeat))}
    now = clock.now()
    wanted = [*(heartbeat.worker_name(lane) for lane in Lane), heartbeat.SCHEDULER]
    missing = [name for name in wanted if name not in beats or now - beats[name] > _STALE]
    return f"no sign of life from {', '.join(missing)}" if missing else None
