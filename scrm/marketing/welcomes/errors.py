"""Errors of welcome messages."""

from scrm.core import constraints
from scrm.core.errors import AppError


class WelcomeEmpty(AppError):
    status = 422
    code = "welcome_empty"
    zh = "请先填写欢迎语，再启用。"
    en = "Write the welcome message before switching it on."


class WelcomeTooLong(AppError):
    status = 422
    code = "welcome_too_long"
    zh = "欢迎语过长：填入姓名后不能超过 {bytes} 字节（约 1300 个汉字）。"
    en = "The welcome message is too long: with names put in it may have {bytes} bytes."


class WelcomeVariableUnknown(AppError):
    status = 422
    code = "welcome_variable_unknown"
    zh = "没有变量 {name}，可用的是 {{客户昵称}} 和 {{员工姓名}}。"
    en = "There is no variable {name}; there are {{客户昵称}} and {{员工姓名}}."


class WelcomeJustSet(AppError):
    status = 409
    code = "welcome_changed"
    zh = "他人刚刚修改了欢迎语，请刷新核对后再保存。"
    en = "Somebody has just set the welcome message; reload, compare, and save again."


constraints.says("pk_welcome_policy", WelcomeJustSet)
