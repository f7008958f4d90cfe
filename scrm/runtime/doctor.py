"""What `scrm doctor` looks at: each finding says what is so and, where it is wrong, what to do."""

import platform
import shutil
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy.exc import DBAPIError

from scrm import wiring
from scrm.core import alarms, migrate, rights
from scrm.core.db import owner_engine, platform_transaction, transaction
from scrm.core.queue import figures
from scrm.core.settings import Settings, secret_key_file, settings
from scrm.runtime import checks, given_servers, locks, places, ready
from scrm.runtime.errors import Refused
from scrm.runtime.servers import attached
from scrm.wecom import corps
from scrm.wecom.port import archive as archive_port
from scrm.wecom.port.archive import ArchiveRefused, Envelope

_LATE = 600.0  # seconds: far beyond any sweep


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``detail`` is the state, or the sentence that says what to do."""

    subject: str
    good: bool
    detail: str


def examine() -> Iterator[Finding]:
    """All findings, one after another as they are made; the embedded servers are started if need be."""
    given = settings()
    yield Finding("Python", True, platform.python_version())
    yield _judged("数据目录 / data directory", lambda: _data_directory(given))
    yield _judged("密钥 / secret key", lambda: _secret_key(given))
    yield _judged("地址 / address", lambda: _address(given))
    try:
        with attached(migrated=False) as config:
            yield _judged("PostgreSQL", lambda: given_servers.postgres(config))
            yield _judged("数据库结构 / schema", _schema)
            yield _judged("数据库权限 / database rights", lambda: _rights(config))
            yield _judged("Redis", lambda: _redis(config))
            yield from _corps()
    except Refused as error:
        yield Finding("PostgreSQL, Redis", False, str(error))


def _judged(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, True, look())
    except Refused as error:
        return Finding(subject, False, str(error))


def _data_directory(config: Settings) -> str:
    there = places.places(config.data_dir)
    checks.disk_space(config)
    places.prepare(there)
    free = shutil.disk_usage(there.data).free // 1_000_000
    return f"{there.data}, {free} MB"


def _secret_key(config: Settings) -> str:
    path = secret_key_file(config.data_dir)
    if not path.exists():
        return "SCRM_SECRET_KEY" if config.secret_key else "首次启动时生成 / made at the first start"
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise Refused(f"{path} 可被他人读取：请执行 chmod 600", f"{path} can be read by others; run chmod 600 on it")
    return str(path)


def _address(config: Settings) -> str:
    there = places.places(config.data_dir)
    if locks.is_held(there.run / "up.lock"):
        answer = ready.asked(config)
        if answer != ready.READY:
            raise Refused(f"服务已启动但未就绪：{answer}", f"the service runs but is not ready: {answer}")
        return f"{config.public_url} 已就绪 / ready"
    checks.port_free(config.host, config.port)
    return f"{config.public_url} 未启动，端口空闲 / not running, the port is free"


def _redis(config: Settings) -> str:
    version = given_servers.redis(config)
    given_servers.guarded(config.redis_url)
    return version


def _schema() -> str:
    try:
        with platform_transaction() as session:
            pending = migrate.pending(session.connection())
    except Exception as error:  # whatever keeps us from asking is itself the finding
        name = type(error).__name__
        raise Refused(f"尚未迁移（{name}）：scrm migrate", f"not migrated ({name}); run scrm migrate") from None
    if pending:
        names = ", ".join(pending)
        raise Refused(f"{names} 待迁移：请执行 scrm migrate", f"{names} not up to date; run scrm migrate")
    return "最新 / up to date"


def _rights(config: Settings) -> str:
    """Whether the service's login may make temporary tables or large objects."""
    try:
        with closing(owner_engine(config.database_url).connect()) as connection:
            wide = rights.too_wide(connection)
    except DBAPIError:  # said by the findings before
        return "—"
    if wide:
        statements = "; ".join(wide)
        raise Refused(
            f"服务账号的权限过宽，请用数据库超级用户执行：{statements}",
            f"the service's login may more than it needs; run as the database's superuser: {statements}",
        )
    return "仅限所需 / what is needed"


def _corps() -> Iterator[Finding]:
    """Whether each corp's WeCom address can be reached and its library loaded; sends no request."""
    try:
        with platform_transaction() as session:
            rows = [(corp.id, corp.corp_id, corp.api_base) for corp in corps.served(session)]
    except Exception:  # said by the finding on the schema already
        return
    yield _judged("凭证 / credentials", _credentials)
    wiring.wire()
    for number, corp_id, api_base in rows:
        yield _judged(f"企业 / corp {corp_id}", partial(_reached, api_base))
        yield from _archive(number, corp_id)
        yield _judged(f"工作 / work {corp_id}", partial(_work, number))
        yield from _alarms(number, corp_id)


def _archive(number: int, corp_id: str) -> Iterator[Finding]:
    """Whether the library of a corp's chat archive can be loaded; nothing where there is no library."""
    try:
        credentials = corps.archive_of(number)
    except Exception:  # said by the finding on the credentials already
        return
    if credentials is not None and credentials.library:
        yield _judged(f"会话存档 / chat archive {corp_id}", partial(_loaded, number, credentials.library))


def _work(number: int) -> str:
    """How the corp's queues stand: whether something waits for a person, or has been due for long."""
    with transaction(number) as session:
        queues = figures.figures(session)
        parked = figures.parked_count(session)
    late = [f"{queue.queue} {round(queue.late / 60)}" for queue in queues if queue.late > _LATE]
    if parked:
        raise Refused(f"{parked} 个异常任务待人工处理：请看“异常任务”页", f"{parked} parked; see the page Failed tasks")
    if late:
        named = ", ".join(late)
        raise Refused(
            f"到期未执行（队列，分钟）：{named}；请确认服务已启动，或执行 scrm drain",
            f"due and not carried out (queue, minutes): {named}; see that the service runs, or run scrm drain",
        )
    return f"{sum(queue.waiting for queue in queues)} 项等待，0 个异常任务 / waiting, none parked"


def _alarms(number: int, corp_id: str) -> Iterator[Finding]:
    """What the corp's administrators have been told of and nobody has mended yet."""
    try:
        with transaction(number) as session:
            found = [alarms.sentences(alarm) for alarm in alarms.standing(session)]
    except Exception:  # said by the finding on the schema already
        return
    for zh, en, _ in found:
        yield Finding(f"提醒 / alarm {corp_id}", False, f"{zh} / {en}")


def _loaded(number: int, library: str) -> str:
    archive = archive_port.archive(number)
    try:
        if archive is not None:
            archive.open_each(private_keys={}, envelopes=[Envelope(0, "doctor", 0, "", "")])
    except ArchiveRefused:
        raise Refused(
            f"会话存档的库 {library} 无法加载：请检查路径、权限，以及是否为本机架构的 libWeWorkFinanceSdk_C.so",
            f"the archive's library {library} cannot be loaded; check the path, the permissions, and that it is "
            "libWeWorkFinanceSdk_C.so for this machine's architecture",
        ) from None
    return library


def _credentials() -> str:
    try:
        corps.check_key()
    except corps.SecretKeyWrong as error:
        raise Refused(error.message_zh, error.message_en) from None
    return "可用密钥打开 / the key opens them"


def _reached(api_base: str) -> str:
    parts = urlsplit(api_base)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=5):
            return api_base
    except OSError as error:
        raise Refused(
            f"连不上 {api_base}（{error.strerror or error}）：请检查网络、DNS 和防火墙",
            f"cannot reach {api_base} ({error.strerror or error}); check network, DNS and firewall",
        ) from None
