"""Errors of the archive."""

from scrm.core.errors import AppError, NotFound


class ConversationNotFound(NotFound):
    code = "conversation_not_found"
    zh = "没有这段会话，或不在你的数据范围内。"
    en = "There is no such conversation within your data scope."


class MessageNotFound(NotFound):
    code = "message_not_found"
    zh = "存档里没有这条消息。"
    en = "The archive has no such message."


class MediaNotStored(NotFound):
    code = "media_not_stored"
    zh = "文件尚未取到，或企业微信已不再保存（存档文件只保留 5 天）。"
    en = "The file has not been fetched, or WeCom keeps it no more (five days)."


class SearchTooShort(AppError):
    status = 422
    code = "search_too_short"
    zh = "请至少输入两个字，或先选择员工、客户、群或会话再搜索。"
    en = "Search for at least two characters, or choose a member, a customer, a group or a conversation first."
