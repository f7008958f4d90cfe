"""The chat archive in the corp file: its secret, the native library, the key pairs by version."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ConfigDict, Field, model_validator

from scrm.wecom.corp_file import wrong

_BITS = 2048  # as the admin console asks for
UNBROKEN = r"^[!-~]{1,512}$"
PRINTED = r"^[^\x00-\x1f\x7f]+$"


class KeyInvalid(Exception):
    """A private key that cannot be used; why, in Chinese and in English."""

    def __init__(self, place: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = f"{place} {zh}", f"{place} {en}"


class ArchiveKey(BaseModel):
    """A version of the archive's key pair: the private half as a file beside the corp file, or as PEM in it."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, lt=2**31, strict=True)
    private_key_file: str | None = Field(default=None, pattern=PRINTED)
    private_key: str | None = Field(default=None, max_length=20_000)

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.private_key_file is None) == (self.private_key is None):
            raise wrong(
                "每个密钥只写 private_key_file 或 private_key 之一", "a key has either private_key_file or private_key"
            )
        return self


class ArchiveSpec(BaseModel):
    """The chat archive: its own secret, the native library, the keys, and its callback if there is one."""

    model_config = ConfigDict(extra="forbid")

    secret: str = Field(pattern=UNBROKEN)
    library: str | None = Field(default=None, pattern=PRINTED)
    proxy: str = Field(default="", max_length=500)
    token: str | None = Field(default=None, pattern=r"^[A-Za-z0-9]{1,32}$")
    aes_key: str | None = Field(default=None, pattern=r"^[A-Za-z0-9]{43}$")
    keys: list[ArchiveKey] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len({key.version for key in self.keys}) != len(self.keys):
            raise wrong("两个密钥的 version 相同", "two keys have the same version")
        if (self.token is None) != (self.aes_key is None):
            raise wrong("token 和 aes_key 要同时填写", "token and aes_key come together")
        return self


@dataclass(frozen=True, kw_only=True)
class ArchiveCredentials:
    """What pulling the archive of a corp needs, in the clear; ``library`` is empty for a simulator."""

    corp_id: str
    api_base: str
    secret: str = field(repr=False)
    library: str
    proxy: str = field(repr=False)
    private_keys: dict[int, str] = field(repr=False)  # PEM by publickey_ver


def values(spec: ArchiveSpec, folder: Path) -> dict[str, Any]:
    """The archive as it is kept, sealed, in the database; raises `KeyInvalid`."""
    keys: list[dict[str, int | str]] = []
    for key in spec.keys:
        place = f"archive.keys: version {key.version}"
        pem = key.private_key or ""
        try:
            if key.private_key_file is not None:
                place = f"archive.keys: {folder / key.private_key_file}"
                pem = (folder / key.private_key_file).read_text(encoding="ascii")
            private = load_pem_private_key(pem.encode(), password=None)
        except OSError:
            raise KeyInvalid(place, "无法读取", "cannot be read") from None
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise KeyInvalid(place, "不是无密码的 PEM 私钥", "is no PEM private key without a password") from None
        if not isinstance(private, RSAPrivateKey):
            raise KeyInvalid(place, "不是 RSA 私钥", "is no RSA key")
        if private.key_size != _BITS:
            raise KeyInvalid(place, f"应为 {_BITS} 位 RSA 私钥", f"must be an RSA key of {_BITS} bits")
        keys.append({"version": key.version, "pem": pem})
    return {"secret": spec.secret, "library": spec.library, "proxy": spec.proxy, "keys": keys}
