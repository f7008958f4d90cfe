"""Corps without people: schema and role, and nothing of WeCom behind them."""

import itertools
import os
from collections.abc import Iterator

import pytest

from scrm import wiring
from scrm.wecom import corp_spec, corps

_numbers = itertools.count(1)


def bare_corp() -> int:
    """Connect a corp whose WeCom answers nowhere; its number."""
    name = f"bare{next(_numbers):04d}x{os.getpid()}"
    app = {"key": "customer", "kind": "app", "agent_id": 1, "secret": "s", "token": "t", "aes_key": "a" * 43}
    return corps.apply(
        corp_spec.check({"corp_id": name, "name": name, "api_base": "http://127.0.0.1:9", "apps": [app]}), None
    )


@pytest.fixture(scope="module")
def bare(service: str) -> int:
    wiring.wire()
    return bare_corp()


@pytest.fixture(scope="module")
def twenty(service: str) -> Iterator[list[int]]:
    wiring.wire()
    yield [bare_corp() for _ in range(20)]
