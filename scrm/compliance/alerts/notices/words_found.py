"""Rules found words in chats: compliance is told where to look."""

import datetime as dt

from scrm.shared.notices.kind import Kind

KIND = Kind(
    name="words_found",
    zh="会话命中敏感词",
    en="Words found in chats",
    record="alert",
    path="/alerts?kind=word_hit",
    wait=dt.timedelta(seconds=30),  # at most two cards a minute and corp
)
