"""The relation began, since the member has taken the customer over."""

from scrm.shared.timeline.kind import Doer, Kind

KIND = Kind(name="taken_over", zh="继承了客户", en="took over the customer", by=Doer.WECOM, facts=("from",))
