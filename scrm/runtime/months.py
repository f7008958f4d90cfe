"""The months that tables are cut by, turned daily where the owner's login is: web, workers and scheduler have none."""

import threading
from collections.abc import Callable

from scrm.core import migrate

_EVERY_SECONDS = 86_400
_AGAIN_SECONDS = 600


def keep_turning(
    owner_url: str, *, readings_months: int, stop: threading.Event, failed: Callable[[str], None]
) -> threading.Thread:
    """Make months ahead and drop old readings, now and once a day, on a thread of its own; tried again if it fails."""

    def turn() -> None:
        wait = 0.0
        while not stop.wait(wait):
            try:
                migrate.turn_months(owner_url, readings_months=readings_months)
                wait = _EVERY_SECONDS
            except Exception as error:  # rows of a month without a partition go to the default one meanwhile
                failed(type(error).__name__)
                wait = _AGAIN_SECONDS

    thread = threading.Thread(target=turn, name="months", daemon=True)
    thread.start()
    return thread
