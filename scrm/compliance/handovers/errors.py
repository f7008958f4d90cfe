"""Errors of handovers."""

from scrm.core import constraints
from scrm.core.errors import AppError, NotFound


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


constraints.says("uq_handover_unfinished", HandoverJustOpened)
constraints.says("pk_handover_policy", HandoverPolicyJustSet)
