"""A broadcast to more customers than the limit is sent when somebody else has looked at it."""

from scrm.identity.permissions import Permission
from scrm.marketing.broadcasts.errors import SecondPersonNeeded
from scrm.shared.approvals.kind import Kind

KIND = Kind(
    name="large_broadcast",
    zh="大量群发",
    en="Large broadcast",
    record="broadcast",
    permission=Permission.BROADCASTS_SEND,
    own=SecondPersonNeeded,
)
