"""An archive that stands still is told of, and the telling ends when it goes on."""

from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from scrm.core import alarms
from scrm.core.db import transaction
from scrm.wecom import corp_spec, corps
from scrm.wecom.client import archive as client
from scrm.wecom.port import archive as port
from tests.support import moved_clock
from tests.support.chats import pull, say
from tests.support.service import TestCorp as Corp


def told(corp: Corp) -> dict[str, str]:
    """Kind and subject of what stands, with its facts in the Chinese sentence."""
    with transaction(corp.number) as session:
        return {f"{alarm.kind}:{alarm.subject}": alarms.sentences(alarm)[0] for alarm in alarms.standing(session)}


def test_secret_that_is_refused_is_told_at_once_and_no_more_when_it_is_taken(archived: Corp) -> None:
    archived.sim.misfortunes({"match": "archive/chatdata", "kind": "errcode", "errcode": 40001})
    pull(archived)
    pull(archived)
    assert list(told(archived)) == ["archive_refused:"]
    assert "40001" in told(archived)["archive_refused:"]
    archived.sim.misfortunes()
    pull(archived)
    assert told(archived) == {}


def test_archive_that_fails_for_a_while_stands_and_after_days_loses_messages(archived: Corp) -> None:
    pull(archived)
    archived.sim.misfortunes({"match": "archive/chatdata", "kind": "sdk", "errcode": 10001})
    pull(archived)
    assert told(archived) == {}
    with moved_clock.later(16 * 60):
        pull(archived)
        assert "16 分钟" in told(archived)["archive_stands:"]
    with moved_clock.later(4 * 86_400):
        pull(archived)
        assert set(told(archived)) == {"archive_stands:", "archive_window:"}
        archived.sim.misfortunes()
        pull(archived)
        assert told(archived) == {}


def test_missing_key_is_told_with_its_version_until_it_comes(archived: Corp) -> None:
    archived.act("rotate_archive_key", withheld=True)
    say(archived, "bob", "carl", "用新密钥加密")
    pull(archived)
    assert "版本 2" in told(archived)["archive_no_key:2"]
    archived.act("find_archive_key", version=2)
    file = corp_spec.check(archived.sim.corp_file(archived.corp_id))
    corps.apply(file, corp_spec.archive_values(file, Path()))
    pull(archived)
    assert told(archived) == {}


@pytest.mark.parametrize(
    ("error", "told"), [(OperationalError("", {}, OSError()), []), (KeyError("corp"), ["archive.not_tidied"])]
)
def test_tidying_tells_of_no_database_that_is_away(
    archived: Corp, monkeypatch: pytest.MonkeyPatch, error: Exception, told: list[str]
) -> None:
    port.archive(archived.number)

    def fails(_corp: int) -> bool:
        raise error

    monkeypatch.setattr(corps, "has_archive", fails)
    with capture_logs() as logs:
        client._tidy_once()
    assert [entry["event"] for entry in logs] == told


def test_file_that_does_not_come_for_a_day_is_told(archived: Corp) -> None:
    archived.sim.misfortunes({"match": "archive/media", "kind": "sdk", "errcode": 10009})
    say(archived, "bob", "carl", msgtype="image")
    pull(archived)
    with moved_clock.later(86_400 + 3600):
        pull(archived)
        assert list(told(archived)) == ["archive_media:"]
        archived.sim.misfortunes()
        with moved_clock.later(86_400 + 7200):
            pull(archived)
            assert told(archived) == {}
