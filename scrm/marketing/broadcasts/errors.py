"""Errors of marketing: each names the limit and where it comes from."""

from scrm.core import constraints
from scrm.core.errors import AppError, NotFound


class BroadcastNotFound(NotFound):
    code = "broadcast_not_found"
    zh = "没有这个群发，或不在你的数据范围内。"
    en = "There is no such broadcast within your data scope."


class MediaNotFound(NotFound):
    code = "media_not_found"
    zh = "没有这张图片，请重新上传。"
    en = "There is no such picture; upload it again."


class BroadcastStateWrong(AppError):
    status = 409
    code = "broadcast_state_wrong"
    zh = "群发当前状态不允许此操作（{state}），请刷新后重试。"
    en = "The broadcast's present state ({state}) does not allow this; reload and try again."


class ContentEmpty(AppError):
    status = 422
    code = "content_empty"
    zh = "文字和附件不能都为空（企业微信文档 92135）。"
    en = "Text and attachments cannot both be empty (WeCom page 92135)."


class TextTooLong(AppError):
    status = 422
    code = "text_too_long"
    zh = "文字内容 {bytes} 字节，超过企业微信上限 {limit} 字节（约 1333 个汉字，文档 92135）。"
    en = "The text has {bytes} bytes; WeCom takes at most {limit} (page 92135)."


class FieldTooLong(AppError):
    status = 422
    code = "field_too_long"
    zh = "附件的 {field} 有 {bytes} 字节，超过企业微信上限 {limit} 字节（文档 92135）。"
    en = "The attachment's {field} has {bytes} bytes; WeCom takes at most {limit} (page 92135)."


class LinkInvalid(AppError):
    status = 422
    code = "link_invalid"
    zh = "链接必须以 http:// 或 https:// 开头，带有域名，且不含账号、空格、换行或不可见字符。"
    en = "A link needs http:// or https:// and a host, and takes no user, blank, line break or hidden character."


class TagUnknown(AppError):
    status = 422
    code = "tag_unknown"
    zh = "标签不存在或已被删除：{tags}。"
    en = "Unknown or deleted tags: {tags}."


class AudienceEmpty(AppError):
    status = 422
    code = "audience_empty"
    zh = (
        "没有可发送的客户：符合条件 {matched} 人，其中没有在职跟进人 {without_sender} 人，"
        "本周期额度已满 {over_quota} 人。"
    )
    en = (
        "Nobody to send to: {matched} customers match, {without_sender} of them have no member in service, "
        "{over_quota} have reached their quota."
    )


class AudienceNotChosen(AppError):
    status = 422
    code = "audience_not_chosen"
    zh = "请选择标签，或明确选择全部客户。"
    en = "Choose tags, or choose all customers explicitly."


class SendTimePast(AppError):
    status = 422
    code = "send_time_past"
    zh = "发送时间 {send_at} 已过，请选择将来的时间或立即发送。"
    en = "The send time {send_at} has passed; choose a later one or send at once."


class SendTimeTooLate(AppError):
    status = 422
    code = "send_time_too_late"
    zh = "发送时间最晚可定在 {days} 天之后。"
    en = "A broadcast can be scheduled at most {days} days ahead."


class SecondPersonNeeded(AppError):
    status = 403
    code = "second_person_needed"
    zh = "群发需要另一位有权限的同事审批，不能由撰写或提交的人自己审批。"
    en = "Somebody else with the permission must approve; who wrote or submitted it cannot."


class RemindLimit(AppError):
    status = 409
    code = "remind_limit"
    zh = "没有可以提醒的成员：都已发送，或 24 小时内已提醒 {limit} 次（企业微信上限，文档 97610）。"
    en = "Nobody to remind: all have sent, or were reminded {limit} times in 24 hours (WeCom's limit, page 97610)."


class LimitChangeWaits(AppError):
    status = 409
    code = "limit_change_waits"
    zh = "他人提出的审批上限修改正在等待确认，请先处理它。"
    en = "Somebody else's change of the approval limit waits to be confirmed; decide on it first."


class LimitChangeDecided(AppError):
    status = 409
    code = "limit_change_decided"
    zh = "这项审批上限的修改已被处理，请刷新查看。"
    en = "This change of the approval limit has been decided already; reload to see how."


class LimitChangeNotFound(AppError):
    status = 404
    code = "limit_change_not_found"
    zh = "没有这项审批上限的修改。"
    en = "There is no such change of the approval limit."


class SecondConfirmerNeeded(AppError):
    status = 403
    code = "second_confirmer_needed"
    zh = "提高审批上限须由另一位管理员确认，提出人不能自己确认。"
    en = "A higher approval limit is confirmed by another administrator; who asked for it cannot."


class OnlyAskerWithdraws(AppError):
    status = 403
    code = "only_asker_withdraws"
    zh = "只有提出人可以撤回；您可以确认或驳回。"
    en = "Only who asked may withdraw it; you may confirm or reject it."


class BroadcastPolicyJustSet(AppError):
    status = 409
    code = "broadcast_policy_changed"
    zh = "他人刚刚修改了群发设置，请刷新核对后再保存。"
    en = "Somebody has just set the rules of broadcasts; reload, compare, and save again."


constraints.says("pk_broadcast_policy", BroadcastPolicyJustSet)
constraints.says("uq_broadcast_policy_change_open", LimitChangeWaits)
