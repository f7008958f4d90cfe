"""The member deleted the customer."""

from scrm.shared.timeline.kind import Doer, Kind

KIND = Kind(name="deleted_by_staff", zh="删除了客户", en="deleted the customer", by=Doer.MEMBER)
