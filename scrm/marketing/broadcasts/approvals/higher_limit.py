"""A higher limit lets more broadcasts go without a second person, so raising it takes one."""

from scrm.identity.permissions import Permission
from scrm.marketing.broadcasts.errors import SecondConfirmerNeeded
from scrm.shared.approvals.kind import Kind

KIND = Kind(
    name="higher_limit",
    zh="提高群发审批上限",
    en="Higher approval limit",
    record="broadcast_policy_change",
    permission=Permission.BROADCASTS_SET,
    own=SecondConfirmerNeeded,
)
