"""Settings are read once, checked, and refused in one sentence that names the variable."""

from pathlib import Path

import pytest

from scrm.core import settings
from scrm.core.errors import SettingInvalid


def test_nothing_set_is_a_service_on_loopback(tmp_path: Path) -> None:
    config = settings.read({"SCRM_DATA_DIR": str(tmp_path)})
    assert (config.host, config.port, config.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert config.loopback and not config.demo and not config.https
    assert (config.database_url, config.redis_url, config.secret_key) == ("", "", "")


def test_secret_key_is_taken_from_the_data_directory(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("k" * 40 + "\n")
    assert settings.read({"SCRM_DATA_DIR": str(tmp_path)}).secret_key == "k" * 40
    given = {"SCRM_DATA_DIR": str(tmp_path), "SCRM_SECRET_KEY": "g" * 32}
    assert settings.read(given).secret_key == "g" * 32


def test_secret_key_is_taken_from_a_named_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("e" * 40 + "\n")
    named = {"SCRM_DATA_DIR": str(tmp_path), "SCRM_SECRET_KEY_FILE": str(tmp_path / "elsewhere")}
    assert settings.read(named).secret_key == "e" * 40
    with pytest.raises(SettingInvalid, match="SCRM_SECRET_KEY_FILE"):
        settings.read(named | {"SCRM_SECRET_KEY_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize(
    ("owner", "service"),
    [
        (
            "postgresql://own:er@db.example:5433/scrm?sslmode=require",
            "postgresql://scrm_app@db.example:5433/scrm?sslmode=require",
        ),
        ("postgresql+psycopg://own:e%40r@[::1]/scrm", "postgresql://scrm_app@[::1]/scrm"),
        ("postgresql://scrm_owner@/scrm?host=/run/a b", "postgresql://scrm_app@/scrm?host=%2Frun%2Fa%20b"),
        ("postgresql://db/scrm?user=own&password=er", "postgresql://scrm_app@db/scrm"),
    ],
)
def test_service_is_not_told_the_owners_login(owner: str, service: str) -> None:
    assert settings.service_url(owner) == service


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCRM_PORT", "0"),
        ("SCRM_PORT", "65536"),
        ("SCRM_PORT", "eighty"),
        ("SCRM_PORT", "８０"),
        ("SCRM_PORT", "-1"),
        ("SCRM_TRUSTED_PROXIES", "11"),
        ("SCRM_SESSION_DAYS", "0"),
        ("SCRM_SESSION_DAYS", "91"),
        ("SCRM_SESSION_DAYS", "1.5"),
        ("SCRM_SECRET_KEY", "short"),
        ("SCRM_PUBLIC_URL", "example.com"),
        ("SCRM_PUBLIC_URL", "ftp://example.com"),
        ("SCRM_PUBLIC_URL", "https://"),
        ("SCRM_PUBLIC_URL", "http://["),
        ("SCRM_PUBLIC_URL", "http://example.com:99999"),
        ("SCRM_DATABASE_URL", "garbage"),
        ("SCRM_DATABASE_URL", "postgres://127.0.0.1/scrm"),
        ("SCRM_DATABASE_URL", "mysql://127.0.0.1/scrm"),
        ("SCRM_METRICS", "public"),
        ("SCRM_METRICS", "token"),
        ("SCRM_REDIS_URL", "garbage"),
        ("SCRM_REDIS_URL", "http://127.0.0.1"),
    ],
)
def test_wrong_value_is_one_sentence_that_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        settings.read({name: value})
    assert name in refused.value.sentence
    assert "\n" not in refused.value.sentence
    assert name != "SCRM_SECRET_KEY" or value not in refused.value.sentence


@pytest.mark.parametrize("content", [b"short", b"\xff" * 40])
def test_wrong_key_file_is_one_sentence_that_names_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret_key").write_bytes(content)
    with pytest.raises(SettingInvalid) as refused:
        settings.read({"SCRM_DATA_DIR": str(tmp_path)})
    assert str(tmp_path / "secret_key") in refused.value.sentence


def test_key_file_of_another_user_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "secret_key").write_text("k" * 40)
    monkeypatch.setattr(Path, "read_text", denied)
    with pytest.raises(SettingInvalid, match="Permission denied"):
        settings.read({"SCRM_DATA_DIR": str(tmp_path)})


@pytest.mark.parametrize(("host", "loopback"), [("::1", True), ("localhost", True), ("0.0.0.0", False)])
def test_loopback_is_told_apart(host: str, loopback: bool) -> None:
    assert settings.read({"SCRM_HOST": host}).loopback is loopback


def test_address_of_an_ipv6_host_has_brackets() -> None:
    assert settings.read({"SCRM_HOST": "::1", "SCRM_PORT": "9000"}).public_url == "http://[::1]:9000"
