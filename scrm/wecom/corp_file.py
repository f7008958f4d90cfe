"""Reading a corp file, and what is wrong with it: one sentence in two languages that names place and remedy."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from scrm.core.errors import AppError

_WANTED = {
    "corp_id": ("企业 ID（字母、数字、- 和 _）", "the corp id: letters, digits, - and _"),
    "name": ("企业名称，一行文字，最多 100 个字", "the corp's name: a line of text, at most 100 characters"),
    "api_base": ("http(s) 地址", "an http(s) address"),
    "apps": ("应用列表，至少一个", "a list of one app or more"),
    "key": ("小写字母、数字、- 和 _，最多 32 位", "lower-case letters, digits, - and _, at most 32"),
    "kind": ("app 或 contact_sync", "app or contact_sync"),
    "agent_id": ("AgentId，正整数", "the AgentId, a whole number above 0"),
    "secret": ("Secret，一串不含空格的文字", "the Secret, a text without blanks"),
    "token": ("Token，1 到 32 位字母和数字，带引号", "the Token, 1 to 32 letters and digits, in quotes"),
    "aes_key": ("EncodingAESKey，43 位字母和数字", "the EncodingAESKey, 43 letters and digits"),
    "archive": ("一组配置：secret、library、keys", "a mapping of secret, library and keys"),
    "welcome": ("一组配置：enabled、text", "a mapping of enabled and text"),
    "text": ("欢迎语，1 到 4000 个字", "the welcome message, of 1 to 4000 characters"),
    "enabled": ("true 或 false", "true or false"),
    "library": ("libWeWorkFinanceSdk_C.so 的路径", "the path of libWeWorkFinanceSdk_C.so"),
    "proxy": ("代理地址", "a proxy's address"),
    "keys": ("密钥列表，至少一个", "a list of one key or more"),
    "version": ("密钥版本，正整数", "the key's version, a whole number above 0"),
    "private_key_file": ("私钥文件的路径", "the path of the private key"),
    "private_key": ("PEM 格式的私钥", "the private key as PEM"),
}
_ELSE = ("一组配置", "a mapping")


class CorpFileInvalid(AppError):
    status = 422
    code = "corp_file_invalid"
    zh = "企业配置文件有误：{problem_zh}。"
    en = "The corp file is not valid: {problem_en}."

    def __init__(self, problem_zh: str, problem_en: str) -> None:
        super().__init__(problem_zh=problem_zh, problem_en=problem_en)


def load(path: Path) -> dict[str, Any]:
    """The file's mapping; raises `CorpFileInvalid`."""
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), _StrictLoader)  # nosec B506: a SafeLoader
    except OSError as error:
        raise CorpFileInvalid(
            f"无法读取 {path}（{error.strerror}）", f"{path} cannot be read ({error.strerror})"
        ) from None
    except _Twice as error:
        raise CorpFileInvalid(
            f"{path} 第 {error.line} 行：{error.name} 重复",
            f"{path}, line {error.line}: {error.name} stands there twice",
        ) from None
    # ValueError: also numbers and dates that are none; RecursionError: brackets by the thousand.
    except (yaml.YAMLError, ValueError, RecursionError):
        raise CorpFileInvalid(f"{path} 不是 YAML 文件", f"{path} is not YAML") from None
    if not isinstance(values, dict):
        raise CorpFileInvalid(f"{path} 应以 corp_id: 开头", f"{path} does not begin with corp_id:")
    return values


def wrong(zh: str, en: str) -> PydanticCustomError:
    """What a model raises where several values do not fit together."""
    return PydanticCustomError("corp_file", "{en}", {"zh": zh, "en": en})


def problem(error: ValidationError) -> CorpFileInvalid:
    """The first thing that is wrong; what was given is not repeated, it may be a secret."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "corp_file":
        lead = f"{place}: " if place else ""
        return CorpFileInvalid(lead + first["ctx"]["zh"], lead + first["ctx"]["en"])
    if first["type"] == "extra_forbidden":
        return CorpFileInvalid(f"没有 {place} 这一项", f"there is no field {place}")
    zh, en = _WANTED.get(str(first["loc"][-1]), _ELSE)
    if first["type"] == "missing":
        return CorpFileInvalid(f"缺少 {place}：{zh}", f"{place} is missing: {en}")
    return CorpFileInvalid(f"{place} 应为{zh}", f"{place} must be {en}")


class _Twice(Exception):
    """A key stands twice in one mapping."""

    def __init__(self, line: int, name: str) -> None:
        super().__init__(name)
        self.line, self.name = line, name


class _StrictLoader(yaml.SafeLoader):
    """YAML in which a key that stands twice is a mistake: the last of two secrets would win silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise _Twice(key.start_mark.line + 1, key.value)
                seen.add(key.value)
        return super().construct_mapping(node, deep)
