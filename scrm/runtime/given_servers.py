"""Servers that the settings name: whether they answer, and are what the service needs."""

from urllib.parse import urlsplit

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from scrm.core.db import plain_url
from scrm.core.settings import LOOPBACK, Settings
from scrm.runtime.errors import Refused

OLDEST_POSTGRES = 16


def check(config: Settings) -> None:
    """Raise `Refused` for a database or Redis of one's own that does not answer."""
    if config.database_url:
        postgres(config)
    if config.redis_url:
        redis(config)


def postgres(config: Settings) -> str:
    """The version of the database; raises `Refused` where it cannot serve."""
    try:
        with psycopg.connect(plain_url(config.database_url), connect_timeout=5) as connection:
            version = connection.info.server_version
            row = connection.execute("SELECT rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone()
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise Refused(
            f"无法连接数据库（{reason}）：请检查 SCRM_DATABASE_URL",
            f"no connection to the database ({reason}); check SCRM_DATABASE_URL",
        ) from None
    if version // 10000 < OLDEST_POSTGRES:
        raise Refused(f"需要 PostgreSQL {OLDEST_POSTGRES} 以上", f"needs PostgreSQL {OLDEST_POSTGRES} or newer")
    if row != (True,):
        raise Refused(
            "SCRM_DATABASE_URL 的用户不能建立角色：请执行 ALTER ROLE … CREATEROLE",
            "the user of SCRM_DATABASE_URL may not create roles; run ALTER ROLE … CREATEROLE",
        )
    return f"{version // 10000}.{version % 10000}"


def guarded(address: str) -> None:
    """Raise `Refused` for a Redis on another machine that anybody on the way may write to."""
    parts = urlsplit(address)
    if parts.scheme in {"unix", "rediss"} or parts.password or (parts.hostname or "localhost") in LOOPBACK:
        return
    raise Refused(
        "SCRM_REDIS_URL 指向另一台机器，但没有密码也没有 TLS：请设置密码，或使用 rediss://",
        "SCRM_REDIS_URL names another machine without password or TLS; set a password, or use rediss://",
    )


def redis(config: Settings) -> str:
    """The version of Redis; raises `Refused` where it does not answer."""
    try:
        with Redis.from_url(config.redis_url, socket_connect_timeout=3, socket_timeout=3) as client:
            return str(client.info("server")["redis_version"])
    except (RedisError, OSError) as error:
        reason = str(error).rstrip(".")
        raise Refused(
            f"Redis 没有应答（{reason}）：请检查 SCRM_REDIS_URL",
            f"Redis does not answer ({reason}); check SCRM_REDIS_URL",
        ) from None
