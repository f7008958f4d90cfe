"""WeCom refused the welcome message."""

from scrm.customers.file.kind import Kind

KIND = Kind(name="welcome_refused", zh="欢迎语未能发送", en="welcome message was refused", facts=("errcode",))
