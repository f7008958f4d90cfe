"""WeCom refused the welcome message."""

from scrm.shared.timeline.kind import Doer, Kind

KIND = Kind(
    name="welcome_refused", zh="欢迎语未能发送", en="welcome message was refused", by=Doer.WECOM, facts=("errcode",)
)
