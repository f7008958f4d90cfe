"""Asks and replies: mypy knows both ends, each answer is taken by somebody, and what stands in rows keeps working."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scrm import wiring
from scrm.wecom import replies
from scrm.wecom.calls import ask
from scrm.wecom.port.contacts import Contacts
from scrm.wecom.replies import Nothing, Reply

_ROOT = Path(__file__).parents[2]
_FORGETFUL = """
from scrm.wecom.replies import Nothing, Reply
Reply[None, Nothing]("nobody.takes_this", Nothing)
import scrm.wiring
"""


def test_mypy_refuses_what_is_wrong_and_nothing_else(tmp_path: Path) -> None:
    """Each line that is wrong says so with an ignore; without them mypy finds as many errors."""
    source = (_ROOT / "tests/checks/typed_calls.py").read_text("utf-8")
    wrong = source.count("# type: ignore[")
    bare = tmp_path / "bare_calls.py"
    bare.write_text("\n".join(line.partition("  # type: ignore")[0] for line in source.splitlines()), "utf-8")
    config = ["--config-file", str(_ROOT / "pyproject.toml"), "--cache-dir", str(tmp_path / "cache")]
    found = subprocess.run(
        [sys.executable, "-m", "mypy", *config, str(bare)], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    errors = [line for line in found.stdout.splitlines() if ": error:" in line]
    assert wrong == len(errors) == 8, found.stdout
    assert sum('"external_user_id"' in line for line in errors) == 1, errors


def test_reply_that_nobody_takes_keeps_the_service_from_starting() -> None:
    ended = subprocess.run([sys.executable, "-c", _FORGETFUL], cwd=_ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "taken by nobody: nobody.takes_this" in ended.stderr


def test_every_reply_is_declared_once_and_taken() -> None:
    assert replies.DECLARED.keys() - wiring.REPLIES.keys() <= {"tests.take"}
    with pytest.raises(ValueError, match="declared twice"):
        Reply[None, Nothing](next(iter(wiring.REPLIES)), Nothing)


def test_arguments_are_bound_when_they_are_asked_with() -> None:
    asked = ask(Contacts.list_contacts, cursor="", userids=["bob"])
    assert asked.arguments == {"userids": ["bob"], "cursor": ""}
    with pytest.raises(TypeError, match="external_userid"):
        ask(Contacts.get_contact, external_user_id="wm1")  # type: ignore[call-arg]


@pytest.mark.parametrize("name", sorted(wiring.REPLIES))
def test_context_is_frozen_and_one_of_an_earlier_version_is_read(name: str) -> None:
    reply = replies.DECLARED[name]
    assert dataclasses.is_dataclass(reply.context) and vars(reply.context)["__dataclass_params__"].frozen
    needed: dict[str, Any] = {
        "broadcast_id": 1,
        "slice_id": 2,
        "attempt": 1,
        "media_id": 3,
        "handover_id": 4,
        "takeover_id": 5,
    }
    needed |= {
        "kind": "alert_raised",
        "ids": [6],
        "resigned": True,
        "seen": ["wr1"],
        "began": "2024-05-06T00:00:00+00:00",
        "step": 0,
        "userids": ["bob"],
    }
    needed |= {"alert_id": 6, "run_id": 7, "external_userid": "wm1", "app": None, "sought": ["et1"], "chat_id": "wr1"}
    needed |= {"welcome_id": 8, "code": "c", "text": "您好", "until": "2024-05-06T00:00:00+00:00", "owners": ["bob"]}
    needed |= {"status": 0, "begun": "2024-05-06T00:00:00+00:00", "msgid": "m", "senders": [], "userid": "bob"}
    read = reply.read({**needed, "a_field_that_is_gone": 1})
    assert reply.read(reply.stored(read)) == read
    assert reply.stored(read).items() <= {**needed, **reply.stored(read)}.items()
