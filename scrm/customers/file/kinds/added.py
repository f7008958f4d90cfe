"""The two are in relation."""

from scrm.shared.timeline.kind import Doer, Kind

KIND = Kind(name="added", zh="添加了客户", en="added the customer", by=Doer.MEMBER, facts=("state",))
