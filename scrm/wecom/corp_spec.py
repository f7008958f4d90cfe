"""What `scrm corp apply` is told of a corp: the file, its apps, its archive and its welcome message, checked."""

import re
import secrets
from pathlib import Path
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from scrm.core.settings import LOOPBACK
from scrm.wecom import corp_archive, corp_file, crypt
from scrm.wecom.corp_archive import ArchiveSpec
from scrm.wecom.corp_file import CorpFileInvalid, problem, wrong
from scrm.wecom.models import AppKind

ARCHIVE_APP = "archive"  # the key under which the archive's secret and callback stand among the apps
_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")


class AppSpec(BaseModel):
    """One app of the file; ``key`` becomes part of the callback address."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")
    kind: AppKind
    agent_id: int | None = Field(default=None, ge=1, lt=2**31, strict=True)
    secret: str = Field(pattern=corp_archive.UNBROKEN)
    token: str = Field(pattern=r"^[A-Za-z0-9]{1,32}$")
    aes_key: str = Field(pattern=r"^[A-Za-z0-9]{43}$")

    @model_validator(mode="after")
    def _agent_id_fits_kind(self) -> Self:
        if (self.kind is AppKind.APP) != (self.agent_id is not None):
            raise wrong("app 需要 agent_id，其他类型没有", "an app needs an agent_id, other kinds have none")
        return self


class WelcomeSpec(BaseModel):
    """What new customers are greeted with, as on the page 欢迎语."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool = True
    text: str = Field(min_length=1, max_length=4_000)


class CorpSpec(BaseModel):
    """The file that `scrm corp apply` takes."""

    model_config = ConfigDict(extra="forbid")

    corp_id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    name: str = Field(pattern=corp_archive.PRINTED, max_length=100)
    api_base: str = "https://qyapi.weixin.qq.com"
    apps: list[AppSpec] = Field(min_length=1)
    archive: ArchiveSpec | None = None
    welcome: WelcomeSpec | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        keys = [app.key for app in self.apps]
        if len(set(keys)) != len(keys):
            raise wrong("两个应用的 key 相同", "two apps have the same key")
        address = _address(self.api_base)
        if address is None:
            raise wrong("api_base 应为 http(s) 地址", "api_base is no http(s) address")
        if address.scheme == "http" and address.hostname not in LOOPBACK:
            raise wrong(
                "api_base 必须是 https，本机的模拟器除外",
                "api_base must be https, except for a simulator on this machine",
            )
        if any(app.kind is AppKind.ARCHIVE for app in self.apps):
            raise wrong("会话存档写在 archive 下，不在 apps 里", "the archive stands under archive, not among the apps")
        if self.archive is not None and ARCHIVE_APP in keys:
            raise wrong("key archive 已由会话存档使用", "the key archive is taken by the archive")
        if self.archive is not None and self.archive.library is None and address.scheme == "https":
            raise wrong(
                "archive 需要 library，即 libWeWorkFinanceSdk_C.so 的路径",
                "archive needs library, the path of libWeWorkFinanceSdk_C.so",
            )
        return self


def _address(text: str) -> SplitResult | None:
    """An http(s) address of nothing but host, port and path."""
    try:
        address = urlsplit(text)
        extras = address.port == 0 or address.username or address.query or address.fragment
    except ValueError:
        return None
    plain = _HOST.fullmatch(address.hostname or "") and address.scheme in {"http", "https"}
    return address if plain and not extras else None


def read_file(path: Path) -> tuple[CorpSpec, dict[str, Any] | None]:
    """Read and check a corp file; the archive's private keys are read along with it. Raises `CorpFileInvalid`."""
    values = corp_file.load(path)
    spec = check(values)
    return spec, archive_values(spec, path.parent)


def check(values: object) -> CorpSpec:
    """Check the content of a corp file; secrets are never repeated in the message."""
    try:
        return CorpSpec.model_validate(values)
    except ValidationError as error:
        raise problem(error) from None


def archive_values(spec: CorpSpec, folder: Path) -> dict[str, Any] | None:
    """What `apply` keeps of the archive, its private keys read and checked; raises `CorpFileInvalid`."""
    if spec.archive is None:
        return None
    try:
        return corp_archive.values(spec.archive, folder)
    except corp_archive.KeyInvalid as error:
        raise CorpFileInvalid(error.zh, error.en) from None


def archive_app(spec: CorpSpec) -> list[AppSpec]:
    """The archive among the apps: its secret opens the msgaudit calls, its token and key the callback."""
    if spec.archive is None:
        return []
    known = spec.archive
    return [
        AppSpec(
            key=ARCHIVE_APP,
            kind=AppKind.ARCHIVE,
            secret=known.secret,
            # Without a callback nobody knows these, so nobody can send one.
            token=known.token or secrets.token_hex(16),
            aes_key=known.aes_key or crypt.new_aes_key(),
        )
    ]
