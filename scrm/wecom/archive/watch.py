"""Telling that the archive needs a person: it stands still, its secret is refused, keys or files are missing.

Looked at when a turn has ended or failed; each alarm ends by itself once its state has been mended.
"""

import datetime as dt
import threading
import time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.core import alarms, clock
from scrm.wecom.archive.models import ArchiveCursor, ArchiveMedia, ArchiveParked, MediaState, ParkedReason, ParkedState
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.archive import WINDOW_DAYS, ArchiveRefused

STANDS = dt.timedelta(minutes=15)
NEAR = dt.timedelta(days=WINDOW_DAYS - 2)  # without an answer: two days are left
FILES = dt.timedelta(days=1)
_EVERY = 60.0  # seconds between two looks at a corp where nothing has happened

_PATH = "/messages"
STANDING = alarms.kind(
    "archive_stands",
    zh="会话存档已有 {minutes} 分钟拉取不到消息：{reason}。企业微信只保留 5 天，请尽快处理。",
    en="The chat archive has not been pulled for {minutes} minutes: {reason}. WeCom keeps messages for five days.",
    path=_PATH,
)
REFUSED = alarms.kind(
    "archive_refused",
    zh="企业微信拒绝了会话存档的请求：{reason}。请检查存档的 Secret、可信 IP、服务期限和解密库。",
    en="WeCom refuses the chat archive: {reason}. Check its secret, trusted addresses, licence and library.",
    path=_PATH,
)
WINDOW = alarms.kind(
    "archive_window",
    zh="会话存档已有 {days} 天没有拉取成功，再过不久最早的消息将不可得（企业微信只保留 5 天）。",
    en="The chat archive has not been pulled for {days} days; WeCom forgets what is older than five.",
    path=_PATH,
)
NO_KEY = alarms.kind(
    "archive_no_key",
    zh="{count} 条会话存档消息缺少版本 {version} 的私钥，请把该私钥加入企业配置文件并重新应用。",
    en="{count} archived messages wait for the private key of version {version}; add it to the corp file and apply it.",
    path=_PATH,
)
MEDIA = alarms.kind(
    "archive_media",
    zh="{count} 个会话文件超过一天没有取回，企业微信只保留 5 天。",
    en="{count} files of chats have not been fetched for more than a day; WeCom keeps them for five.",
    path=_PATH,
)

_lock = threading.Lock()
_looked: dict[int, float] = {}


def refused(session: Session, error: ArchiveRefused) -> None:
    """What no time mends is told at once."""
    if error.reaction not in (Reaction.RETRY, Reaction.RATE):
        alarms.raise_alarm(session, REFUSED, reason=str(error))


def look(session: Session) -> None:
    """Raise what is so, clear what is so no more."""
    cursor, now = session.get(ArchiveCursor, 1), clock.now()
    if cursor is None:
        return
    failing, heard = cursor.failing_since, cursor.asked_at or cursor.failing_since or now
    if failing is None:
        alarms.clear(session, REFUSED)
    _set(session, STANDING, failing is not None and now - failing >= STANDS, **_standing(cursor, now))
    _set(session, WINDOW, now - heard >= NEAR, days=(now - heard).days)
    late = (ArchiveMedia.state == MediaState.WAITING) & (ArchiveMedia.named_at < now - FILES)
    files = session.scalar(select(func.count()).select_from(ArchiveMedia).where(late)) or 0
    _set(session, MEDIA, files > 0, count=files)
    _look_at_keys(session)


def is_due(corp: int) -> bool:
    """Whether nobody has looked for a minute, in this process; asking counts as looking."""
    now = time.monotonic()
    with _lock:
        if now - _looked.get(corp, -_EVERY) < _EVERY:
            return False
        _looked[corp] = now
        return True


def clear_all(session: Session) -> None:
    """The corp has no archive any more."""
    for kind in (STANDING, REFUSED, WINDOW, NO_KEY, MEDIA):
        alarms.clear(session, kind, None)


def _standing(cursor: ArchiveCursor, now: dt.datetime) -> dict[str, Any]:
    since = cursor.failing_since or now
    return {"minutes": int((now - since).total_seconds() // 60), "reason": cursor.reason or ""}


def _look_at_keys(session: Session) -> None:
    counted = (
        select(ArchiveParked.publickey_ver, func.count())
        .where(ArchiveParked.state == ParkedState.WAITING, ArchiveParked.reason == ParkedReason.NO_KEY)
        .group_by(ArchiveParked.publickey_ver)
    )
    missing = {str(version): count for version, count in session.execute(counted).all()}
    told = {alarm.subject for alarm in alarms.standing(session) if alarm.kind == NO_KEY.name}
    for version in sorted(told | missing.keys()):
        count = missing.get(version, 0)
        _set(session, NO_KEY, count > 0, version, version=version, count=count)


def _set(session: Session, kind: alarms.AlarmKind, holds: bool, subject: str = "", **facts: Any) -> None:
    if holds:
        alarms.raise_alarm(session, kind, subject, **facts)
    else:
        alarms.clear(session, kind, subject)
