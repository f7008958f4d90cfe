"""The member changed remark, description or tags; what of them is known once it has been fetched."""

from scrm.shared.timeline.kind import Doer, Kind

KIND = Kind(
    name="edited",
    zh="修改了客户资料",
    en="edited the customer",
    by=Doer.MEMBER,
    facts=("remark", "description", "tags_added", "tags_removed"),
)
