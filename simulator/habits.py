"""How a corp's WeCom behaves where the pages leave room."""

from dataclasses import dataclass


@dataclass(slots=True)
class Habits:
    """How this corp's WeCom behaves where the pages leave room; settable in the corp's spec."""

    welcome_seconds: float = 20.0
    welcome_send_seconds: float = 0.03  # how long 41096 lasts
    welcome_codes: str = "per_app"  # or shared: one code for all apps that report the same add
    group_lag_seconds: float = 1.0  # groupchat/get answers the old detail this long after a change
    callback_drop: float = 0.0  # share of events that are never sent: delivery is not guaranteed
    callback_twice: float = 0.0  # share of events that are sent twice
    full_contact_events: bool = False  # the address book pushes of before 2022-08-15
    retry_seconds: tuple[float, ...] = (1.0, 2.0, 4.0)
    answer_seconds: float = 5.0
    token_seconds: int = 7200
    concurrency: int = 0  # calls at once on one api before 45033; 0 is no limit
    per_minute: int = 0  # calls a minute on one api before 45009; 0 is no limit
    ahead_seconds: float = 0.0  # how far this corp's clock is ahead: what takes a day need not be waited for
    takeover_seconds: int = 86_400  # a transfer completes by itself after this long
    transfer_seconds: float = 0.02  # how long a resigned transfer holds its member (45035 meanwhile)
    transfer_codes_on_items: bool = False  # refusals of both members come per item; the pages leave it open
    deleted_tags_stay: bool = False  # single reads go on naming a deleted tag on customers; the pages leave it open
    list_skips: int = 0  # pairs lost from each page of a list: rows that vanish shift others past the cursor
    transfer_page: int = 1000  # results of transfers on a page
    group_quota: str = "month"  # mass messages a customer receives: month (its days), week (7) or day (1)
    group_message_page: int = 100  # messages on a page of their listing, however many are asked for
    dispatch_seconds: float = 0.3  # how long tasks and results of a new mass message are 41063
    dispatch_silent: bool = False  # … or empty: the pages do not say
    empty_first_page: bool = False  # of tasks and results; all of them stand on the pages after it
    group_send_seconds: float = 0.3  # from a member's confirmation until the results show
    archive_notify_seconds: float = 15.0  # msgaudit_notify at most once in so long
    archive_page_bytes: int = 0  # an archive page above this is 301058; 0 is no limit
    archive_ahead_seconds: float = 0.0  # how far the archive's clock is ahead
