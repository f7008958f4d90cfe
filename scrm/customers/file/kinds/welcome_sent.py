"""WeCom took the welcome message."""

from scrm.customers.file.kind import Kind

KIND = Kind(name="welcome_sent", zh="欢迎语已发送", en="welcome message sent", facts=("errcode",))
