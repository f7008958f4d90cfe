"""The trail in sentences: who did what, in Chinese and in English.

A verb that the service records and that has no sentence here fails a test.
"""

import re
from collections.abc import Mapping
from typing import Any

# {what} is the thing by name, {n} how many rows were shown; others are facts of the row.
SENTENCES: Mapping[str, tuple[str, str]] = {
    "account.created": ("创建了账号{what}", "created the account {what}"),
    "account.disabled": ("停用了账号{what}", "disabled the account {what}"),
    "account.enabled": ("启用了账号{what}", "enabled the account {what}"),
    "account.role_changed": (
        "把账号{what}的角色由{before}改为{after}",
        "changed the role of {what} from {before} to {after}",
    ),
    "account.sessions_ended": ("退出了账号{what}的全部登录", "signed out every browser of {what}"),
    "account.shut_out": (
        "因成员离职或停用，停止了账号{what}的访问",
        "shut out {what}: the member has left",
    ),
    "account.access_read": ("查看了账号{what}的登录和令牌", "looked at the sessions and tokens of {what}"),
    "alert.closed": ("关闭了关于{what}的风险提醒", "closed the alert about {what}"),
    "alert.raised": ("产生了关于{what}的风险提醒", "raised an alert about {what}"),
    "alert.read": ("查看了关于{what}的风险提醒", "read the alert about {what}"),
    "alert.review_started": ("开始处理关于{what}的风险提醒", "took the alert about {what} into review"),
    "archive.retried": ("重新解密待解密的会话", "tried sealed messages again"),
    "broadcast.approved": ("审批通过了群发{what}", "approved the broadcast {what}"),
    "broadcast.begun": ("开始发送群发{what}", "began to send {what}"),
    "broadcast.cancelled": ("取消了群发{what}", "cancelled the broadcast {what}"),
    "broadcast.created": ("新建了群发{what}", "drafted the broadcast {what}"),
    "broadcast.edited": ("修改了群发{what}", "edited the broadcast {what}"),
    "broadcast.exported": ("导出了群发{what}的客户明细", "exported the recipients of {what}"),
    "broadcast.finished": ("完成了群发{what}", "finished the broadcast {what}"),
    "broadcast.paused": ("暂停了群发{what}", "paused the broadcast {what}"),
    "broadcast.planned": ("计算了群发{what}的名单", "worked out the recipients of {what}"),
    "broadcast.read": ("查看了群发{what}", "opened the broadcast {what}"),
    "broadcast.rejected": ("退回了群发{what}", "gave the broadcast {what} back"),
    "broadcast.reminded": ("提醒员工发送群发{what}", "had members reminded of {what}"),
    "broadcast.removed": ("删除了群发草稿{what}", "threw the draft {what} away"),
    "broadcast.resumed": ("继续了群发{what}", "resumed the broadcast {what}"),
    "broadcast.stray_cancelled": ("撤回了群发{what}的多余任务", "took back a stray task of {what}"),
    "broadcast.submitted": ("提交了群发{what}", "submitted the broadcast {what}"),
    "broadcast.tasks_created": ("建好了群发{what}的全部任务", "had all tasks of {what} created"),
    "broadcast_policy.asked": (
        "申请把群发审批上限由 {before} 人提高到 {after} 人，待另一位管理员确认",
        "asked to raise the approval limit of broadcasts from {before} to {after}",
    ),
    "broadcast_policy.confirmed": (
        "确认把群发审批上限由 {before} 人提高到 {after} 人",
        "confirmed raising the approval limit of broadcasts from {before} to {after}",
    ),
    "broadcast_policy.rejected": (
        "驳回了把群发审批上限提高到 {after} 人的申请",
        "rejected raising the approval limit of broadcasts to {after}",
    ),
    "broadcast_policy.set": ("修改了群发设置", "changed the policy of broadcasts"),
    "broadcast_policy.withdrawn": (
        "撤回了把群发审批上限提高到 {after} 人的申请",
        "withdrew raising the approval limit of broadcasts to {after}",
    ),
    "callback.read": ("查看了回调{what}的内容", "read the callback {what}"),
    "callback.replayed": ("重新处理了回调{what}", "handled the callback {what} again"),
    "conversation.read": ("查看了{what}的会话，{n} 条", "read the conversation of {what}, {n} messages"),
    "corp.applied": ("更新了企业配置", "applied the corp's file"),
    "customer.changed": ("修改了客户{what}的资料", "changed the record of {what}"),
    "customer.created": ("新建了客户{what}", "entered the customer {what}"),
    "customer.identity_added": ("为客户{what}添加了联系方式或证照号", "added an identity to {what}"),
    "customer.identity_removed": ("删除了客户{what}的联系方式或证照号", "removed an identity of {what}"),
    "customer.linked": ("为客户{what}添加了关联", "linked {what} to another customer"),
    "customer.link_changed": ("修改了客户{what}的关联", "changed a link of {what}"),
    "customer.unlinked": ("删除了客户{what}的关联", "removed a link of {what}"),
    "customer.shared": ("共享了客户{what}", "shared {what}"),
    "customer.unshared": ("取消了客户{what}的一项共享", "took a share of {what} back"),
    "customer.mobiles_revealed": (
        "查看了客户{what}的完整手机号，原因：{reason}",
        "saw the phones of {what}: {reason}",
    ),
    "customer.tagged": (
        "修改了客户{what}的标签：添加 {added} 个，移除 {removed} 个",
        "put {added} tags on {what} and took {removed} off",
    ),
    "customer.read": ("查看了客户{what}", "opened the customer {what}"),
    "departures.confirmed": ("确认了同步发现的离职", "confirmed the departures that a sync found"),
    "departures.held": ("同步发现大量离职，暂缓处理", "held back departures that a sync found"),
    "departures.rejected": ("没有采纳同步发现的离职", "rejected the departures that a sync found"),
    "group.read": ("查看了客户群{what}", "opened the customer group {what}"),
    "export.asked": ("导出了列表（{what}）", "asked for the export {what}"),
    "export.cancelled": ("取消了导出（{what}）", "cancelled the export {what}"),
    "export.done": ("的导出文件已生成（{what}）", "had the file {what} written"),
    "export.stopped": ("的导出被停止（{what}）", "had the export {what} stopped"),
    "export.taken": ("下载了导出文件（{what}）", "downloaded the export {what}"),
    "handover.assigned": ("为{what}的客户分配了接替成员", "chose successors for the customers of {what}"),
    "handover.closed": ("关闭了{what}的客户继承", "closed the handover of {what}"),
    "handover.created": ("发起了{what}的在职继承", "began a transfer of the customers of {what}"),
    "handover.done": ("完成了{what}的客户继承", "finished the handover of {what}"),
    "handover.doubt_settled": ("核对了{what}客户继承的未知结果", "settled a doubt in the handover of {what}"),
    "handover.escalated": ("{what}的客户继承超时，已升级", "escalated the handover of {what}"),
    "handover.exported": ("导出了{what}客户继承的明细", "exported the handover of {what}"),
    "handover.opened": ("产生了{what}的离职继承", "opened the handover of {what}"),
    "handover.read": ("查看了{what}的客户继承", "opened the handover of {what}"),
    "handover.slice_settled": ("{what}的一批客户或客户群已有结果", "settled a batch of the handover of {what}"),
    "handover_policy.changed": ("修改了客户继承设置", "changed the policy of handovers"),
    "identities.read": ("查看了客户{what}的联系方式", "looked at the identities of {what}"),
    "links.read": ("查看了客户{what}的关联", "looked at the links of {what}"),
    "shares.read": ("查看了客户{what}共享给谁", "looked at whom {what} is shared with"),
    "view.changed": ("修改了视图「{name}」", "changed the view “{name}”"),
    "view.deleted": ("删除了视图「{name}」", "deleted the view “{name}”"),
    "view.saved": ("保存了视图「{name}」", "saved the view “{name}”"),
    "job.cancelled": ("取消了批量任务{what}", "cancelled the job {what}"),
    "job.done": ("的批量任务{what}已完成", "had the job {what} done"),
    "job.started": ("开始了批量任务{what}，共 {records} 条", "began the job {what} on {records} records"),
    "job.stopped": ("的批量任务{what}被停止", "had the job {what} stopped"),
    "job.undo_started": ("开始撤销批量任务{what}", "began to undo the job {what}"),
    "job.undone": ("的批量任务{what}已撤销", "had the job {what} undone"),
    "list.read": ("查看了{what}，{n} 条", "read {what}, {n} rows"),
    "record.explained": ("查看了{what}为何在列表中", "asked why {what} is in a list"),
    "login.done": ("登录", "signed in"),
    "login.failed": ("登录失败", "failed to sign in"),
    "login.refused": ("被拒绝登录", "was refused at sign-in"),
    "logout.done": ("退出登录", "signed out"),
    "media.read": ("打开了聊天文件{what}", "opened the chat file {what}"),
    "password.changed": ("修改了密码", "changed the password"),
    "password.reset": (
        "重置了账号{what}的密码，其登录和令牌全部失效",
        "reset the password of {what}; its sessions and tokens ended",
    ),
    "picture.uploaded": ("上传了图片{what}", "uploaded the picture {what}"),
    "reading.read": ("查看了查阅记录{what}", "opened the reading {what}"),
    "rows.purged": ("清理了过期数据", "removed what had been kept long enough"),
    "rule.changed": ("修改了质检规则{what}", "changed the rule {what}"),
    "rule.created": ("新建了质检规则{what}", "made the rule {what}"),
    "rule.disabled": ("停用了质检规则{what}", "disabled the rule {what}"),
    "rule.enabled": ("启用了质检规则{what}", "enabled the rule {what}"),
    "rule.scan_started": ("用质检规则{what}扫描历史会话", "had the rule {what} look at the past"),
    "session.ended": ("退出了账号{what}的一个登录", "ended a session of {what}"),
    "sessions.others_ended": ("退出了账号{what}的其他登录", "ended the other sessions of {what}"),
    "sync.done": ("同步完成", "finished a sync"),
    "sync.failed": ("同步失败", "failed in a sync"),
    "sync.resumed": ("继续了同步", "resumed a sync"),
    "sync.started": ("开始同步", "began a sync"),
    "task.replayed": ("重试了异常任务{what}", "tried the failed task {what} again"),
    "timeline.read": ("查看了客户{what}的动态，{n} 条", "read the timeline of {what}, {n} entries"),
    "tag.changed": ("修改了标签{what}的名称", "renamed the tag {what}"),
    "tag.created": ("新建了标签{what}", "made the tag {what}"),
    "tag.removed": ("删除了标签{what}", "deleted the tag {what}"),
    "tag_group.changed": ("修改了标签组{what}", "changed the group of tags {what}"),
    "tag_group.created": ("新建了标签组{what}", "made the group of tags {what}"),
    "tag_group.removed": ("删除了标签组{what}及其标签", "deleted the group of tags {what}"),
    "tag_groups.ordered": ("调整了标签组的顺序", "ordered the groups of tags"),
    "token.created": ("创建了账号{what}的令牌", "made a token for {what}"),
    "token.revoked": ("吊销了账号{what}的令牌“{token}”", "revoked the token “{token}” of {what}"),
    "tokens.revoked": ("吊销了账号{what}的全部令牌", "revoked the tokens of {what}"),
    "welcome.set": ("修改了欢迎语设置", "set the welcome message"),
    "trail.exported": ("导出了审计记录", "exported the trail"),
}

LISTS: Mapping[str, tuple[str, str]] = {
    "accounts": ("账号列表", "the accounts"),
    "alerts": ("风险提醒列表", "the alerts"),
    "audit": ("审计记录", "the trail"),
    "broadcast.preview": ("群发名单预览", "the preview of an audience"),
    "broadcasts": ("群发列表", "the broadcasts"),
    "callbacks": ("回调列表", "the callbacks"),
    "conversations": ("会话列表", "the conversations"),
    "customers": ("客户列表", "the customers"),
    "departure_holds": ("待确认的离职", "held departures"),
    "events": ("的群动态", "'s history"),
    "groups": ("客户群列表", "the customer groups"),
    "handovers": ("客户继承列表", "the handovers"),
    "items": ("的客户和客户群", "'s customers and groups"),
    "members": ("成员列表", "the members"),
    "messages": ("会话搜索结果", "messages found"),
    "recipients": ("的客户明细", "'s recipients"),
    "senders": ("的员工明细", "'s senders"),
    "staff": ("员工列表", "the staff"),
}

SYSTEM: Mapping[str, tuple[str, str]] = {
    "system:callback": ("系统（回调）", "The system (callback)"),
    "system:sync": ("系统（同步）", "The system (sync)"),
    "system:command-line": ("系统（命令行）", "The system (command line)"),
    "system:sign-in": ("系统（登录）", "The system (sign-in)"),
    "system:scheduler": ("系统（定时任务）", "The system (scheduler)"),
    "system:archive": ("系统（会话存档）", "The system (chat archive)"),
}

_SINGLE = {"rows": "{n} row", "messages": "{n} message", "entries": "{n} entry"}
_ONE = re.compile(r"\{n\} (rows|messages|entries)")
_REFUSED = ("试图{sentence}，被拒绝", "was refused: {sentence}")
_ROLES = {"administrator": "管理员", "sales": "销售", "compliance": "合规", "marketer": "运营"}


def said(
    *,
    actor: str,
    verb: str,
    subject: str,
    facts: Mapping[str, Any],
    shown: int | None,
    refused: str | None,
    names: Mapping[str, str],
) -> tuple[str, str]:
    """The sentence in Chinese and in English; ``names`` are those of ``kind:id``."""
    zh, en = SENTENCES.get(verb, (f"{verb}{{what}}", f"{verb} {{what}}"))
    known = {name: _ROLES.get(str(value), str(value)) for name, value in facts.items()}
    count = shown if shown is not None else facts.get("shown", "")
    if shown is None:  # rows of before counted nothing
        zh, en = zh.replace("，{n} 条", ""), en.partition(", {n}")[0]
    if count == 1:
        en = _ONE.sub(lambda found: _SINGLE[found[1]], en)
    chinese = zh.format_map(_Known(known, what=_thing(subject, names, 0), n=count))
    english = en.format_map(_Known({k: str(v) for k, v in facts.items()}, what=_thing(subject, names, 1), n=count))
    if refused is not None:
        chinese, english = _REFUSED[0].format(sentence=chinese), _REFUSED[1].format(sentence=english)
    return f"{who(actor, names, 0)}{chinese}", f"{who(actor, names, 1)} {english}"


def who(actor: str, names: Mapping[str, str], language: int) -> str:
    """An actor by name: the member behind the account, else the account."""
    if actor in SYSTEM:
        return SYSTEM[actor][language]
    account = actor.removeprefix("user:")
    return f"〈{names.get(f'account:{account}', account)}〉"


def things(actor: str, subject: str) -> list[str]:
    """What of a row has a name to be looked up."""
    return [f"account:{actor.removeprefix('user:')}", ":".join(subject.split(":", 2)[:2])]


def _thing(subject: str, names: Mapping[str, str], language: int) -> str:
    kind, _, rest = subject.partition(":")
    if not rest:
        return LISTS[kind][language] if kind in LISTS else ""
    own, _, part = rest.partition(":") if kind in {"broadcast", "handover"} else (rest, "", "")
    name = f"〈{names.get(f'{kind}:{own}', own)}〉"
    return name + LISTS[part][language] if part in LISTS else name


class _Known(dict[str, Any]):
    """Facts by name; what a row of another version lacks is left out of its sentence."""

    def __init__(self, facts: Mapping[str, Any], **more: Any) -> None:
        super().__init__({**facts, **more})

    def __missing__(self, key: str) -> str:
        return "—"
