"""Settings of the deployment, read from the environment once per process."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from scrm.core.errors import SettingInvalid

SERVICE_ROLE = "scrm_app"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
DEMO_CORP_ID = "ww5e1f3c9a7b2d8046"  # of the corp that `scrm up` brings along


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator can set; every field names its variable.

    ``database_url`` and ``redis_url`` are empty while the embedded servers have not been started.
    """

    database_url: str  # SCRM_DATABASE_URL: login of the owner role; the service itself logs in as scrm_app
    redis_url: str  # SCRM_REDIS_URL
    data_dir: Path  # SCRM_DATA_DIR
    host: str  # SCRM_HOST
    port: int  # SCRM_PORT
    public_url: str  # SCRM_PUBLIC_URL: the address that browsers and WeCom use
    trusted_proxies: int  # SCRM_TRUSTED_PROXIES: how many proxies in front set X-Forwarded-*
    session_days: int  # SCRM_SESSION_DAYS: a browser signs in anew after so many days at the latest
    readings_months: int  # SCRM_READINGS_MONTHS: how long it is kept who saw what; 0 is for ever
    secret_key: str  # SCRM_SECRET_KEY_FILE, or SCRM_SECRET_KEY: made in the data directory if unset
    metrics: str  # SCRM_METRICS: who may read /metrics and the OpenAPI document: loopback, token or open
    metrics_token: str  # SCRM_METRICS_TOKEN
    demo: bool  # SCRM_DEMO, set by `scrm up`: demo corp, demo logins and /simulator
    simulator_url: str  # SCRM_SIMULATOR_URL, set by `scrm up` where demo is on

    @property
    def loopback(self) -> bool:
        return self.host in LOOPBACK

    @property
    def own_names(self) -> frozenset[str]:
        """The names of this machine that a browser of the demo may come by; any other is a rebound DNS name."""
        return LOOPBACK | {self.host.lower(), (urlsplit(self.public_url).hostname or "").lower()}

    @property
    def https(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"


def read(environ: dict[str, str] | None = None) -> Settings:
    """Read and check the environment; raises `SettingInvalid` with one sentence naming the variable."""
    env = dict(os.environ) if environ is None else environ
    data_dir = Path(env.get("SCRM_DATA_DIR") or "var").resolve()
    host = env.get("SCRM_HOST") or "127.0.0.1"
    port = _whole_number(env, "SCRM_PORT", default=8000, low=1, high=65535)
    public_url = (env.get("SCRM_PUBLIC_URL") or f"http://{_bracketed(host)}:{port}").rstrip("/")
    if not _is_address(public_url, "http", "https") or not urlsplit(public_url).netloc:
        raise SettingInvalid("SCRM_PUBLIC_URL", "must be an http(s) address", "必须是 http(s) 地址")
    database_url, redis_url = env.get("SCRM_DATABASE_URL", ""), env.get("SCRM_REDIS_URL", "")
    if database_url and not _is_address(database_url, "postgresql", "postgresql+psycopg"):
        raise SettingInvalid("SCRM_DATABASE_URL", "must be a postgresql:// address", "必须是 postgresql:// 地址")
    if redis_url and not _is_address(redis_url, "redis", "rediss", "unix"):
        raise SettingInvalid("SCRM_REDIS_URL", "must be a redis:// address", "必须是 redis:// 地址")
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        data_dir=data_dir,
        host=host,
        port=port,
        public_url=public_url,
        trusted_proxies=_whole_number(env, "SCRM_TRUSTED_PROXIES", default=0, low=0, high=10),
        session_days=_whole_number(env, "SCRM_SESSION_DAYS", default=30, low=1, high=90),
        readings_months=_readings_months(env),
        secret_key=_secret_key(env, data_dir),
        metrics=_metrics(env),
        metrics_token=env.get("SCRM_METRICS_TOKEN", ""),
        demo=env.get("SCRM_DEMO", "") == "1",
        simulator_url=env.get("SCRM_SIMULATOR_URL", "").rstrip("/"),
    )


@cache
def settings() -> Settings:
    """The settings of this process; `settings.cache_clear()` after a change of the environment."""
    return read()


def service_url(owner_url: str) -> str:
    """What web and workers are told of the database: their own name and no password, which the secret key gives."""
    parts = urlsplit(owner_url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in {"user", "password", "passfile"}]
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(
        ("postgresql", f"{SERVICE_ROLE}@{host}", parts.path, urlencode(kept, quote_via=quote, safe=""), "")
    )


def secret_key_file(data_dir: Path) -> Path:
    return data_dir / "secret_key"


def _secret_key(env: dict[str, str], data_dir: Path) -> str:
    given, name = env.get("SCRM_SECRET_KEY", ""), "SCRM_SECRET_KEY"
    if not given:
        named = env.get("SCRM_SECRET_KEY_FILE", "")
        path = Path(named) if named else secret_key_file(data_dir)
        name = f"SCRM_SECRET_KEY_FILE ({path})" if named else f"SCRM_SECRET_KEY ({path})"
        try:
            given = path.read_text().strip() if named or path.is_file() else ""
        except OSError as error:
            raise SettingInvalid(
                name,
                f"cannot be read ({error.strerror}); run as its owner",
                f"无法读取（{error.strerror}），请用其所有者运行",
            ) from None
        except ValueError:
            raise SettingInvalid(name, "is no text", "不是文本") from None
    if given and len(given) < 32:
        raise SettingInvalid(name, "needs at least 32 characters", "至少需要 32 个字符")
    return given


def _metrics(env: dict[str, str]) -> str:
    given = env.get("SCRM_METRICS") or "loopback"
    if given not in {"loopback", "token", "open"}:
        raise SettingInvalid("SCRM_METRICS", "must be loopback, token or open", "必须是 loopback、token 或 open")
    if given == "token" and len(env.get("SCRM_METRICS_TOKEN", "")) < 16:
        raise SettingInvalid("SCRM_METRICS_TOKEN", "needs at least 16 characters", "至少需要 16 个字符")
    return given


def _readings_months(env: dict[str, str]) -> int:
    # Network logs are kept for six months at least (Cybersecurity Law of the PRC, article 21).
    name = "SCRM_READINGS_MONTHS"
    months = _whole_number(env, name, default=36, low=0, high=600)
    if 0 < months < 6:
        raise SettingInvalid(name, "must be 0 or at least 6", "必须是 0，或不小于 6")
    return months


def _whole_number(env: dict[str, str], name: str, *, default: int, low: int, high: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingInvalid(name, f"must be a whole number from {low} to {high}", f"必须是 {low} 到 {high} 的整数")
    return int(text)


def _is_address(text: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and "://" in text and parts.port != 0
    except ValueError:
        return False


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
