"""Corps and their credentials: connecting one from a file, and reading what the edge needs of it."""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock, migrate, sealing
from scrm.core.db import platform_transaction
from scrm.core.errors import AppError
from scrm.core.settings import settings
from scrm.wecom import crypt
from scrm.wecom.corp_archive import ArchiveCredentials
from scrm.wecom.corp_spec import AppSpec, CorpSpec, archive_app
from scrm.wecom.models import AppKind, Corp, WecomApp

_WORDS = "reading.words"
FRESH_SECONDS = 1.0  # how old cached credentials may be: new keys hold within two seconds


class CorpUnknown(AppError):
    status = 404
    code = "corp_unknown"
    zh = "没有接入企业 {corp_id}。"
    en = "No corp {corp_id} is connected."


class SecretKeyWrong(AppError):
    status = 503
    code = "secret_key_wrong"
    zh = "SCRM_SECRET_KEY 与保存企业凭证时的不同，请换回原来的密钥。"
    en = "SCRM_SECRET_KEY is not the one that the stored credentials were sealed with; put the old key back."


@dataclass(frozen=True, kw_only=True)
class AppCredentials:
    """What one app of a corp needs, in the clear; never logged, never stored."""

    corp: int
    corp_id: str
    api_base: str
    key: str
    kind: AppKind
    agent_id: int | None
    secret: str
    token: str
    aes_key: bytes
    data_key: bytes


def apply(spec: CorpSpec, archive: dict[str, Any] | None) -> int:
    """Connect a corp, or bring its credentials up to date; the corp's number. Safe to repeat and to resume.

    The apps come last: a corp without apps is not served, so an interrupted attempt serves nothing half.
    """
    config = settings()
    with platform_transaction() as session:
        corp = _corp_row(session, spec, config.secret_key)
        number = corp.id
    migrate.create_corp_schema(config.database_url, number)
    with platform_transaction() as session:
        corp = session.scalars(select(Corp).where(Corp.id == number).with_for_update()).one()
        data_key = _data_key(corp)
        corp.name, corp.api_base, corp.applied_at = spec.name, spec.api_base.rstrip("/"), clock.now()
        corp.revision += 1
        corp.archive = _sealed(data_key, corp.corp_id, "archive", json.dumps(archive)) if archive else None
        apps = [*spec.apps, *archive_app(spec)]
        kept = [app.key for app in apps]
        session.execute(delete(WecomApp).where(WecomApp.corp_no == number, WecomApp.key.not_in(kept)))
        for app in apps:
            values = _app_values(app, corp.corp_id, data_key)
            session.execute(
                insert(WecomApp)
                .values(corp_no=number, key=app.key, **values)
                .on_conflict_do_update(index_elements=["corp_no", "key"], set_=values)
            )
    forget()
    return number


def withdraw(corp_id: str) -> None:
    """Serve a corp no longer; what is known of it stays, and `apply` brings it back."""
    with platform_transaction() as session:
        mine = select(Corp.id).where(Corp.corp_id == corp_id).scalar_subquery()
        session.execute(delete(WecomApp).where(WecomApp.corp_no == mine))
    forget()


def numbers() -> list[int]:
    """Numbers of all served corps."""
    with platform_transaction() as session:
        return list(session.scalars(select(WecomApp.corp_no).distinct().order_by(WecomApp.corp_no)))


def by_corp_id(session: Session, corp_id: str) -> Corp:
    """The corp with WeCom's id; raises `CorpUnknown`."""
    corp = session.scalars(select(Corp).where(Corp.corp_id == corp_id)).first()
    if corp is None:
        raise CorpUnknown(corp_id=corp_id)
    return corp


def apps_of(session: Session) -> Sequence[tuple[Corp, list[str]]]:
    """All connected corps by number, with the keys of their apps; none if a corp is not served."""
    rows = session.execute(select(WecomApp.corp_no, WecomApp.key).order_by(WecomApp.id)).all()
    found = session.scalars(select(Corp).order_by(Corp.id)).all()
    return [(corp, [row.key for row in rows if row.corp_no == corp.id]) for corp in found]


def served(session: Session) -> Sequence[Corp]:
    """All corps that have apps, by number."""
    query = select(Corp).where(Corp.id.in_(select(WecomApp.corp_no))).order_by(Corp.id)
    return session.scalars(query).all()


class _Cache:
    """Credentials of all apps of this process, read again when older than a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._apps: dict[tuple[str, str], AppCredentials] = {}

    def all(self, *, fresh: bool = False) -> dict[tuple[str, str], AppCredentials]:
        if not fresh and time.monotonic() - self._read_at < FRESH_SECONDS:
            return self._apps
        with self._lock:
            if fresh or time.monotonic() - self._read_at >= FRESH_SECONDS:
                self._apps = _read_all()
                self._read_at = time.monotonic()
            return self._apps

    def forget(self) -> None:
        self._read_at = float("-inf")


_cache = _Cache()
forget = _cache.forget


def check_key() -> None:
    """Raise `SecretKeyWrong` if the deployment's key does not open what is stored."""
    with platform_transaction() as session:
        corp = session.scalars(select(Corp).order_by(Corp.id).limit(1)).first()
    if corp is not None:
        _data_key(corp)


def find_app(corp_id: str, key: str) -> AppCredentials | None:
    """Credentials of the app in a callback address; at most a second old."""
    return _cache.all().get((corp_id, key))


def app_of(corp: int, *, key: str | None = None, kind: AppKind = AppKind.APP) -> AppCredentials | None:
    """An app of a corp by its key, else the first of a kind, in the order of the corp file.

    What the cache lacks is read anew: it may be a second older than the corp, and none is a fact that ends a call.
    """
    for fresh in (False, True):
        for app in _cache.all(fresh=fresh).values():
            if app.corp == corp and (app.key == key if key is not None else app.kind is kind):
                return app
    return None


def data_key(corp: int) -> bytes:
    """The corp's data key, in the clear."""
    for fresh in (False, True):
        for app in _cache.all(fresh=fresh).values():
            if app.corp == corp:
                return app.data_key
    raise CorpUnknown(corp_id=str(corp))


def seal_words(corp: int, words: str) -> bytes:
    """Search words for the trail of readings: they may be a customer's name."""
    return sealing.seal(data_key(corp), words.encode(), _WORDS)


def open_words(corp: int, sealed: bytes) -> str:
    """The words of `seal_words`; raises `SealBroken`."""
    return sealing.unseal(data_key(corp), sealed, _WORDS).decode()


def archive_of(corp: int) -> ArchiveCredentials | None:
    """The archive of a corp, if one is configured."""
    with platform_transaction() as session:
        row = session.get(Corp, corp)
    if row is None or row.archive is None:
        return None
    values = json.loads(_opened(_data_key(row), row.corp_id, "archive", row.archive))
    return ArchiveCredentials(
        corp_id=row.corp_id,
        api_base=row.api_base,
        secret=values["secret"],
        library=values["library"] or "",
        proxy=values.get("proxy", ""),
        private_keys={key["version"]: key["pem"] for key in values["keys"]},
    )


def has_archive(corp: int) -> bool:
    """Whether the corp's file names an archive; at most a second old."""
    # Asked for each corp that is swept, most of which have none: here a second counts for nothing.
    return any(app.corp == corp and app.kind is AppKind.ARCHIVE for app in _cache.all().values())


def _read_all() -> dict[tuple[str, str], AppCredentials]:
    with platform_transaction() as session:
        rows = session.execute(
            select(WecomApp, Corp).join(Corp, Corp.id == WecomApp.corp_no).order_by(WecomApp.id)
        ).all()
    found = {}
    for app, corp in rows:
        key = _data_key(corp)
        found[(corp.corp_id, app.key)] = AppCredentials(
            corp=corp.id,
            corp_id=corp.corp_id,
            api_base=corp.api_base,
            key=app.key,
            kind=AppKind(app.kind),
            agent_id=app.agent_id,
            secret=_opened(key, corp.corp_id, f"{app.key}.secret", app.secret),
            token=_opened(key, corp.corp_id, f"{app.key}.token", app.token),
            aes_key=crypt.aes_key(_opened(key, corp.corp_id, f"{app.key}.aes_key", app.aes_key)),
            data_key=key,
        )
    return found


def _data_key(corp: Corp) -> bytes:
    try:
        return sealing.unwrap_key(settings().secret_key, corp.data_key, _place(corp.corp_id, "data_key"))
    except sealing.SealBroken:
        raise SecretKeyWrong() from None


def _corp_row(session: Session, spec: CorpSpec, secret_key: str) -> Corp:
    wrapped = sealing.wrap_key(secret_key, sealing.new_data_key(), _place(spec.corp_id, "data_key"))
    moment = clock.now()
    session.execute(
        insert(Corp)
        .values(
            corp_id=spec.corp_id,
            name=spec.name,
            api_base=spec.api_base.rstrip("/"),
            data_key=wrapped,
            revision=0,
            created_at=moment,
            applied_at=moment,
        )
        .on_conflict_do_nothing(index_elements=["corp_id"])
    )
    return by_corp_id(session, spec.corp_id)


def _app_values(app: AppSpec, corp_id: str, key: bytes) -> dict[str, Any]:
    return {
        "kind": app.kind.value,
        "agent_id": app.agent_id,
        "secret": _sealed(key, corp_id, f"{app.key}.secret", app.secret),
        "token": _sealed(key, corp_id, f"{app.key}.token", app.token),
        "aes_key": _sealed(key, corp_id, f"{app.key}.aes_key", app.aes_key),
    }


def _place(corp_id: str, column: Literal["data_key"] | str) -> str:
    return f"corp|{corp_id}|{column}"


def _sealed(key: bytes, corp_id: str, column: str, value: str) -> bytes:
    return sealing.seal(key, value.encode(), _place(corp_id, column))


def _opened(key: bytes, corp_id: str, column: str, value: bytes) -> str:
    return sealing.unseal(key, value, _place(corp_id, column)).decode()
