"""Errors of customer groups."""

from scrm.core.errors import NotFound


class GroupNotFound(NotFound):
    code = "group_not_found"
    zh = "没有这个客户群，或不在你的数据范围内。"
    en = "There is no such customer group within your data scope."
