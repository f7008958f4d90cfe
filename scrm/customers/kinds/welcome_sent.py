"""WeCom took the welcome message."""

from scrm.customers.kind import Kind

KIND = Kind(name="welcome_sent", zh="欢迎语已发送", en="welcome message sent", facts=("errcode",))
