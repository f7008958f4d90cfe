"""Errors of compliance."""

from scrm.core import constraints
from scrm.core.errors import AppError, NotFound


class AlertNotFound(NotFound):
    code = "alert_not_found"
    zh = "没有这条风险提醒，或不在你的数据范围内。"
    en = "There is no such alert within your data scope."


class AlertStateWrong(AppError):
    status = 409
    code = "alert_state_wrong"
    zh = "风险提醒当前状态不允许此操作（{state}），请刷新后重试。"
    en = "The alert's present state ({state}) does not allow this; reload and try again."


class HandoverNotFound(NotFound):
    code = "handover_not_found"
    zh = "没有这项客户继承，或不在你的数据范围内。"
    en = "There is no such handover within your data scope."


class HandoverStateWrong(AppError):
    status = 409
    code = "handover_state_wrong"
    zh = "客户继承当前状态不允许此操作（{state}），请刷新后重试。"
    en = "The handover's present state ({state}) does not allow this; reload and try again."


class HandoverRunning(AppError):
    status = 409
    code = "handover_running"
    zh = "{name} 已有一项未完成的客户继承，请先完成它。"
    en = "There is an unfinished handover of {name} already; finish it first."


class HandoverJustOpened(AppError):
    status = 409
    code = "handover_running"
    zh = "他人刚刚为这位成员发起了一项客户继承，请刷新后先完成它。"
    en = "Somebody has just opened a handover of this member; reload and finish it first."


class HandoverPolicyJustSet(AppError):
    status = 409
    code = "handover_policy_changed"
    zh = "他人刚刚修改了客户继承的时限与上限，请刷新核对后再保存。"
    en = "Somebody has just set deadlines and limits of handovers; reload, compare, and save again."


class HandoverMoving(AppError):
    status = 409
    code = "handover_moving"
    zh = "还有 {count} 项正在继承，等它们有结果后再关闭。"
    en = "{count} items are on their way; close the handover once they have a result."


class NothingChosen(AppError):
    status = 422
    code = "nothing_chosen"
    zh = "没有选中任何待分配的客户或客户群。"
    en = "No customer or group that can be assigned is chosen."


class ItemsUnknown(AppError):
    status = 422
    code = "items_unknown"
    zh = "有 {count} 个所选的客户或客户群不属于这位成员，或现在不能分配，例如 {example}。"
    en = "{count} of the chosen customers or groups are not this member's or cannot be assigned now, e.g. {example}."


class StaffUnknown(AppError):
    status = 422
    code = "staff_unknown"
    zh = "没有成员 {userid}，或不在你的数据范围内。"
    en = "There is no member {userid} within your data scope."


class SuccessorIsLeaver(AppError):
    status = 422
    code = "successor_is_leaver"
    zh = "接替成员不能是交出客户的成员本人（企业微信错误码 40130）。"
    en = "The successor cannot be the member who hands over (WeCom's errcode 40130)."


class SuccessorNotActive(AppError):
    status = 422
    code = "successor_not_active"
    zh = "{name} 已离职、被禁用或尚未激活，不能作为接替成员（企业微信错误码 40098、60111）。"
    en = "{name} has left, is disabled or not activated and cannot take over (WeCom's errcodes 40098, 60111)."


class SuccessorFull(AppError):
    status = 422
    code = "successor_full"
    zh = "{name} 的客户数将达 {count}，超过上限 {limit}（企业微信错误码 40099）。请减少分配或换人。"
    en = "{name} would have {count} customers, over the limit of {limit} (WeCom's errcode 40099). Assign fewer."


class SuccessorReportedFull(AppError):
    status = 422
    code = "successor_reported_full"
    zh = "企业微信在 24 小时内报告 {name} 的客户数已满（40099），请换一位接替成员。"
    en = "WeCom reported within 24 hours that {name} has no room for customers (40099); choose somebody else."


class AllTried(AppError):
    status = 422
    code = "all_tried"
    zh = "所选的 {count} 个客户都已被这些接替成员尝试过（拒绝或已满），请换一位接替成员。"
    en = "All {count} chosen customers have been tried with these successors (refused or full); choose somebody else."


class NotEmployed(AppError):
    status = 422
    code = "not_employed"
    zh = "{name} 已离职，其客户在离职继承中处理。"
    en = "{name} has left; the customers are in a departure handover."


class CloseReasonWrong(AppError):
    status = 422
    code = "close_reason_wrong"
    zh = "这个关闭原因（{reason}）不适用于此类风险提醒，请另选原因。"
    en = "This reason ({reason}) is not one for alerts of this kind; choose another."


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
    zh = "请至少输入两个字，或先选择员工、客户、群或会话再搜索。"
    en = "Search for at least two characters, or choose a member, a customer, a group or a conversation first."


class RuleNotFound(NotFound):
    code = "rule_not_found"
    zh = "没有这条质检规则。"
    en = "There is no such rule."


class RuleNameTaken(AppError):
    status = 409
    code = "rule_name_taken"
    zh = "已有同名质检规则，请换一个名称。"
    en = "A rule of this name exists; choose another."


class RuleChanged(AppError):
    status = 409
    code = "rule_changed"
    zh = "质检规则已被他人修改（当前第 {version} 版），请刷新后再改。"
    en = "The rule was changed meanwhile (version {version} now); reload before you change it."


class RuleJustChanged(AppError):
    status = 409
    code = "rule_changed"
    zh = "质检规则刚刚被他人修改，请刷新后再改。"
    en = "Somebody has just changed the rule; reload before you change it."


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
    zh = "词表有 {count} 个词，一条质检规则最多 {limit} 个，请拆成几条质检规则。"
    en = "The word list has {count} words; a rule takes {limit} at most, so make several."


class ScanRunning(AppError):
    status = 409
    code = "scan_running"
    zh = "这条质检规则正在回扫，请等它完成。"
    en = "This rule is going over the archive already; wait until it is done."


constraints.says("uq_rule_name", RuleNameTaken)
constraints.says("pk_rule_version", RuleJustChanged)
constraints.says("uq_handover_unfinished", HandoverJustOpened)
constraints.says("pk_handover_policy", HandoverPolicyJustSet)
