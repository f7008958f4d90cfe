"""The two are in relation."""

from scrm.customers.file.kind import Kind

KIND = Kind(name="added", zh="添加了客户", en="added the customer", facts=("state",))
