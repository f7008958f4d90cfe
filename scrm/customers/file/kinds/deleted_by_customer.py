"""The customer deleted the member."""

from scrm.shared.timeline.kind import Doer, Kind

KIND = Kind(name="deleted_by_customer", zh="被客户删除", en="was deleted by the customer", by=Doer.CUSTOMER)
