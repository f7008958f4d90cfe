"""WeCom took the welcome message."""

from scrm.shared.timeline.kind import Doer, Kind

KIND = Kind(name="welcome_sent", zh="欢迎语已发送", en="welcome message sent", by=Doer.SYSTEM, facts=("errcode",))
