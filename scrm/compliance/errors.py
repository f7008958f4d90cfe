"""Errors of compliance."""

from scrm.core.errors import AppError, NotFound


class AlertNotFound(NotFound):
    code = "alert_not_found"
    zh = "没有这条告警，或不在你的数据范围内。"
    en = "There is no such alert within your data scope."


class AlertStateWrong(AppError):
    status = 409
    code = "alert_state_wrong"
    zh = "告警当前状态不允许此操作（{state}），请刷新后重试。"
    en = "The alert's present state ({state}) does not allow this; reload and try again."


class NoteMissing(AppError):
    status = 422
    code = "note_missing"
    zh = "选择“其他”时请填写说明。"
    en = "With the reason “other” a note is needed."


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
    zh = "请至少输入两个字再搜索。"
    en = "Search for at least two characters."


class RuleNotFound(NotFound):
    code = "rule_not_found"
    zh = "没有这条规则。"
    en = "There is no such rule."


class RuleNameTaken(AppError):
    status = 409
    code = "rule_name_taken"
    zh = "已有同名规则，请换一个名称。"
    en = "A rule of this name exists; choose another."


class RuleChanged(AppError):
    status = 409
    code = "rule_changed"
    zh = "规则已被他人修改（当前第 {version} 版），请刷新后再改。"
    en = "The rule was changed meanwhile (version {version} now); reload before you change it."


class RuleLinesBad(AppError):
    status = 422
    code = "rule_lines_bad"
    zh = "词表有 {count} 行不能使用：第 {lines} 行。每个词 2 到 64 个字（不计空格和表情）。"
    en = (
        "{count} lines of the word list cannot be used: {lines}. A word has 2 to 64 characters, blanks and emoji aside."
    )


class RuleWordsMissing(AppError):
    status = 422
    code = "rule_words_missing"
    zh = "词表里没有词，请每行填写一个。"
    en = "The word list has no word; write one per line."


class RuleTooLong(AppError):
    status = 422
    code = "rule_too_long"
    zh = "词表有 {count} 个词，一条规则最多 {limit} 个，请拆成几条规则。"
    en = "The word list has {count} words; a rule takes {limit} at most, so make several."


class ScanRunning(AppError):
    status = 409
    code = "scan_running"
    zh = "这条规则正在回扫，请等它完成。"
    en = "This rule is going over the archive already; wait until it is done."
