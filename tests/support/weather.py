"""Bad weather around the service."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from redis import Redis

from scrm.core.settings import settings
from scrm.wecom.client.session import WorkSession


@contextmanager
def paused_redis() -> Iterator[None]:
    """Redis accepts connections and says nothing, the slowest way of being gone."""
    pid = int(Redis.from_url(settings().redis_url).info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def answers_without(endpoint: str, name: str) -> Iterator[None]:
    """Answers of WeCom's to this question lack a field."""
    ask = WorkSession.ask

    def lacking(self: WorkSession, method: str, asked: str, **given: Any) -> Any:
        answer = ask(self, method, asked, **given)
        return {key: value for key, value in answer.items() if key != name} if asked == endpoint else answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WorkSession, "ask", lacking)
        yield
