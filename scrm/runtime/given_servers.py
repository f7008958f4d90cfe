"""Servers that the settings name: whether they answer, and are what the service needs."""

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from scrm.core.db import plain_url
from scrm.core.settings import Settings
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
