"""The corp file: what is wrong with it is said in one sentence, and nothing is taken from it."""

from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from scrm.wecom.corp_file import CorpFileInvalid
from scrm.wecom.corp_spec import read_file

GOOD = """
corp_id: ww0123456789abcdef
name: 示例公司
api_base: https://qyapi.weixin.qq.com
apps:
  - key: customer
    kind: app
    agent_id: 1000002
    secret: a-secret
    token: token
    aes_key: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG
"""
ARCHIVE = """
archive:
  secret: x
  library: /opt/sdk.so
  keys: [{version: 1, private_key_file: one.pem}]
"""


def read(tmp_path: Path, text: str) -> None:
    (tmp_path / "one.pem").write_text("no key at all")
    file = tmp_path / "corp.yaml"
    file.write_text(text)
    read_file(file)


def test_the_files_of_these_tests_are_right_but_for_what_each_changes(tmp_path: Path) -> None:
    read(tmp_path, GOOD)
    assert yaml.safe_load(GOOD)["name"] == "示例公司"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- corp_id",
        "hello",
        GOOD + "name: 另一家公司",
        GOOD.replace("    secret: a-secret", "    secret: a-secret\n    secret: another"),
        GOOD.replace("示例公司", "2024-13-45"),
        GOOD.replace("示例公司", r'"a\0b"'),
        GOOD.replace("示例公司", r'"a\nb"'),
        GOOD.replace("示例公司", r'"\ud800"'),
        GOOD.replace("a-secret", r'"a\0b"'),
        GOOD.replace("a-secret", "a secret"),
        GOOD.replace("a-secret", "!!int abc"),
        GOOD + "archive: " + "[" * 5000,
        GOOD.replace("ABCDEFG", "ABCDEF"),
        GOOD.replace("ABCDEFG", "ABCDEF="),
        GOOD.replace("weixin.qq.com", "weixin.qq.com:99999"),
        GOOD.replace("weixin.qq.com", "weixin.qq.com?to=elsewhere"),
        GOOD.replace("https://", "https://somebody:secret@"),
        GOOD.replace("1000002", "yes"),
        GOOD.replace("1000002", '"1000002"'),
        GOOD.replace("qyapi.weixin", "qyapi weixin"),
        GOOD.replace("qyapi.weixin.qq.com", "["),
        GOOD + ARCHIVE,
        GOOD + ARCHIVE.replace("one.pem", "none.pem"),
        GOOD + ARCHIVE.replace("one.pem", r'"a\0b"'),
        GOOD + ARCHIVE.replace("keys: [", "keys: [{version: 1, private_key_file: two.pem}, "),
    ],
)
def test_wrong_file_is_one_sentence_without_its_secrets(tmp_path: Path, text: str) -> None:
    with pytest.raises(CorpFileInvalid) as caught:
        read(tmp_path, text)
    assert "\n" not in caught.value.sentence
    assert "a-secret" not in caught.value.sentence


def test_key_that_stands_twice_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(CorpFileInvalid, match=r"line 12: name stands there twice"):
        read(tmp_path, GOOD + "name: 另一家公司")


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (GOOD.replace("ABCDEFG", "ABC"), "apps.0.aes_key 应为EncodingAESKey，43 位", "must be the EncodingAESKey, 43"),
        (GOOD.replace("    token: token\n", ""), "缺少 apps.0.token：", "apps.0.token is missing"),
        (GOOD + "secret: x\n", "没有 secret 这一项", "there is no field secret"),
        (GOOD.replace("kind: app", "kind: mini"), "apps.0.kind 应为app 或 contact_sync", "app or contact_sync"),
        (GOOD.replace("    agent_id: 1000002\n", ""), "需要 agent_id", "needs an agent_id"),
        (GOOD + ARCHIVE, "one.pem 不是无密码的 PEM 私钥", "is no PEM private key"),
    ],
)
def test_wrong_value_is_named_with_what_belongs_there(tmp_path: Path, text: str, zh: str, en: str) -> None:
    with pytest.raises(CorpFileInvalid) as caught:
        read(tmp_path, text)
    assert zh in caught.value.message_zh
    assert en in caught.value.message_en


def test_short_rsa_key_is_none_of_wecoms(tmp_path: Path) -> None:
    short = rsa.generate_private_key(65537, 1024)  # nosec B505: what the file must not hold
    pem = short.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    archive = yaml.safe_dump(
        {"archive": {"secret": "x", "library": "/x.so", "keys": [{"version": 1, "private_key": pem}]}}
    )
    with pytest.raises(CorpFileInvalid, match="2048"):
        read(tmp_path, GOOD + archive)
