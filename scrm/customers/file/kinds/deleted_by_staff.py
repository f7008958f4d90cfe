"""The member deleted the customer."""

from scrm.customers.file.kind import Kind

KIND = Kind(name="deleted_by_staff", zh="删除了客户", en="deleted the customer")
