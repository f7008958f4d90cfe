"""The relation began, since the member has taken the customer over."""

from scrm.customers.file.kind import Kind

KIND = Kind(name="taken_over", zh="继承了客户", en="took over the customer", facts=("from",))
