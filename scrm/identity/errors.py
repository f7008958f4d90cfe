"""Errors of sign-in and accounts."""

from scrm.core import constraints
from scrm.core.errors import AppError


class CredentialsWrong(AppError):
    status = 401
    code = "credentials_wrong"
    zh = "账号或密码不正确。"
    en = "The name or the password is not right."


class AccountLocked(AppError):
    status = 429
    code = "account_locked"
    zh = "尝试次数过多，请 {minutes} 分钟后再试。"
    en = "Too many attempts; try again in {minutes} minutes."


class CsrfTokenWrong(AppError):
    status = 403
    code = "csrf_token_wrong"
    zh = "页面已过期，请刷新后重试。"
    en = "The page has expired; reload it and try again."


class PasswordChangeNeeded(AppError):
    status = 403
    code = "password_change_needed"
    zh = "请先修改一次性密码。"
    en = "Change the one-time password first."


class AccountNameTaken(AppError):
    status = 409
    code = "account_name_taken"
    zh = "账号 {name} 已被使用。"
    en = "The name {name} is already taken."


class StaffTaken(AppError):
    status = 409
    code = "staff_taken"
    zh = "成员 {userid} 已有账号；改角色请用 scrm user role。"
    en = "The member {userid} has an account already; scrm user role changes its role."


class LastAdministrator(AppError):
    status = 409
    code = "last_administrator"
    zh = "这样就没有可登录的管理员了：请先指定另一位管理员。"
    en = "No administrator could sign in any more: name another one first."


class HoldDecided(AppError):
    status = 409
    code = "hold_decided"
    zh = "这些离职已处理，或已由新的同步重新核对。"
    en = "These departures have been decided, or a later sync has looked anew."


class AccountNameInvalid(AppError):
    status = 422
    code = "account_name_invalid"
    zh = "账号只能包含字母、数字、点、下划线和连字符，最长 64 个字符。"
    en = "A name has letters, digits, dots, underscores and hyphens, at most 64."


class AccountUnknown(AppError):
    status = 404
    code = "account_unknown"
    zh = "没有用户 {name}。"
    en = "There is no user {name}."


class PasswordWeak(AppError):
    status = 422
    code = "password_weak"
    zh = "新密码太弱：至少 10 个字符，且不能与账号或旧密码相同。"
    en = "The new password is too weak: at least 10 characters, other than the name and the old one."


class PasswordCommon(AppError):
    status = 422
    code = "password_common"
    zh = "新密码太容易被猜到：请不要用常见密码、重复或连续的字符，也不要用用户名、企业名或产品名加几个数字。"
    en = (
        "The new password is too easy to guess: use no common password, no repeated or consecutive characters, and no"
        " account, company or product name with a few digits."
    )


class OwnPassword(AppError):
    status = 409
    code = "own_password"
    zh = "这是你自己的账号：请用“修改密码”。"
    en = "This is your own account: change its password instead."


class SessionUnknown(AppError):
    status = 404
    code = "session_unknown"
    zh = "没有这个登录，可能已退出。"
    en = "There is no such session; it may have ended."


class TokenUnknown(AppError):
    status = 404
    code = "token_unknown"
    zh = "没有这个访问令牌，可能已吊销。"
    en = "There is no such token; it may have been revoked."


class OauthFailed(AppError):
    status = 403
    code = "oauth_failed"
    zh = "企业微信登录失败：{problem_zh}。"
    en = "Sign-in through WeCom failed: {problem_en}."


class NotInService(AppError):
    """Said only to whom WeCom has shown to be that member."""

    status = 401
    code = "not_in_service"
    zh = "无法登录：{problem_zh}。如有疑问，请联系企业管理员。"
    en = "You cannot sign in: {problem_en}. If this seems wrong, ask your company's administrator."


class PageNotOurs(AppError):
    status = 422
    code = "page_not_ours"
    zh = "只能为本系统的页面签名。"
    en = "Only pages of this service can be signed."


constraints.says("uq_account_name", AccountNameTaken)
constraints.says("uq_account_corp_userid", StaffTaken)
