"""Search texts of an earlier folding are derived anew, a hundred rows at a time, behind everything else.

A queue per table: whoever changes a folding raises the table's version, and the rows below it are work.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from scrm.core.doorbell import Lane
from scrm.core.queue.nouns import NounQueue


def queue(
    name: str, model: Any, version: int, refold: Callable[[Session, Sequence[Any]], None], *, kind: str, of: str
) -> NounQueue[Any]:
    """The queue of one table with the columns of `scrm.core.search.Searched`; ``refold`` gets locked rows.

    ``kind`` are the words of what fails, ``of`` the kind of the noun.
    """
    stale = model.text_version < version
    return NounQueue(
        name=name,
        kind=kind,
        subject_kind=of,
        model=model,
        open=stale,
        now=lambda: stale,
        order=(model.id,),
        lane=Lane.BULK,
        together=True,
        act=refold,
    )
