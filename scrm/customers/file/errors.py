"""Errors of the customer file."""

from scrm.core.errors import NotFound


class CustomerNotFound(NotFound):
    code = "customer_not_found"
    zh = "没有这位客户，或不在你的数据范围内。"
    en = "There is no such customer within your data scope."
