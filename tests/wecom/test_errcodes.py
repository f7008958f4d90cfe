"""The shared table of errcodes."""

import pytest

from scrm.wecom.errcodes import _ROWS, TABLE, Reaction, look_up


def test_no_errcode_is_listed_twice() -> None:
    assert len(TABLE) == sum(len(rows) for _, rows in _ROWS)


@pytest.mark.parametrize(
    ("code", "reaction"),
    [
        (0, Reaction.OK),
        (-1, Reaction.RETRY),
        (42001, Reaction.REFRESH),
        (40014, Reaction.REFRESH),
        (45009, Reaction.RATE),
        (45033, Reaction.RETRY),
        (48002, Reaction.CONFIG),
        (84061, Reaction.STATE),
        (60111, Reaction.STATE),
        (41096, Reaction.RETRY),
        (41051, Reaction.STATE),
        (41050, Reaction.STATE),
        (81013, Reaction.FATAL),
        (41001, Reaction.BUG),
        (999999, Reaction.FATAL),
    ],
)
def test_reactions_follow_the_page(code: int, reaction: Reaction) -> None:
    assert look_up(code).reaction is reaction
