"""Errors as sentences: each carries an HTTP status, a stable code, and a Chinese and an English message."""

from typing import Any, ClassVar


class AppError(Exception):
    """A normal answer in the 4xx range (or 503): what went wrong and what the user can do next.

    Subclasses set ``status``, ``code``, ``zh`` and ``en``; the two messages may hold ``{placeholders}`` that keyword
    arguments fill. Keyword arguments travel in the problem document as well, so they hold no secrets.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    zh: ClassVar[str] = "请求有误。"
    en: ClassVar[str] = "The request is not valid."

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message_en)

    @property
    def message_zh(self) -> str:
        return self.zh.format(**self.facts)

    @property
    def message_en(self) -> str:
        return self.en.format(**self.facts)

    @property
    def sentence(self) -> str:
        """One line for a terminal: Chinese first, English second."""
        return f"{self.message_zh} / {self.message_en}"


class BadRequest(AppError):
    """The body is not JSON, or a parameter is malformed."""


class NotJson(AppError):
    status = 415
    code = "not_json"
    zh = "提交的内容必须是 application/json。"
    en = "The body must be application/json."


class ValidationFailed(AppError):
    status = 422
    code = "validation_failed"
    zh = "提交的内容不符合要求，请检查标出的字段。"
    en = "The submitted values are not valid; see the named fields."


class NotSignedIn(AppError):
    status = 401
    code = "not_signed_in"
    zh = "请先登录。"
    en = "Please sign in."


class NotPermitted(AppError):
    status = 403
    code = "not_permitted"
    zh = "你的角色没有此操作的权限。"
    en = "Your role does not permit this."


class NotFound(AppError):
    status = 404
    code = "not_found"
    zh = "没有找到，或你无权查看。"
    en = "Not found, or not visible to you."


class Conflict(AppError):
    status = 409
    code = "conflict"
    zh = "同一操作刚刚已由他人完成，请刷新后重试。"
    en = "Somebody else has just done the same; reload and try again."


class Busy(AppError):
    status = 503
    code = "busy"
    zh = "系统繁忙，请稍后重试。"
    en = "The service is busy; try again in a moment."


class DatabaseUnavailable(AppError):
    status = 503
    code = "database_unavailable"
    zh = "数据库暂时不可用，请稍后重试。"
    en = "The database is not available right now; try again in a moment."


class SettingInvalid(AppError):
    code = "setting_invalid"
    zh = "配置项 {name} {problem_zh}。"
    en = "{name} {problem_en}."

    def __init__(self, name: str, problem_en: str, problem_zh: str) -> None:
        super().__init__(name=name, problem_en=problem_en, problem_zh=problem_zh)
