"""Fixtures of the rooms' tests: PostgreSQL alone, the corp's tables made once per process, every test rolled back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select

from scrm import wiring
from scrm.app import create_flask
from scrm.core.db import platform_transaction
from scrm.wecom import corp_spec, corps
from scrm.wecom.models import Corp, WecomApp
from tests.rooms.given import Given
from tests.rooms.house import House
from tests.rooms.transactions import rolled_back
from tests.rooms.wecom import Wecom

_SECRETS = {"secret": "s" * 43, "token": "t" * 20, "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"}
_SPEC: dict[str, Any] = {
    "name": "示例公司",
    "apps": [
        {"key": "customer", "kind": "app", "agent_id": 1000002, **_SECRETS},
        {"key": "contacts", "kind": "contact_sync", **_SECRETS},
    ],
}


@dataclass(frozen=True)
class _Kept:
    """A corp whose tables stand empty, and what makes it a corp that is served: inserted in each test."""

    number: int
    corp_id: str
    platform: list[tuple[type[Any], dict[str, Any]]]


def _keep(corp_id: str) -> _Kept:
    # Served for no longer than this: other tests of the process ask for all corps.
    number = corps.apply(corp_spec.check({**_SPEC, "corp_id": corp_id}), None)
    platform: list[tuple[type[Any], dict[str, Any]]] = []
    with platform_transaction() as session:
        for model, key in ((Corp, Corp.id), (WecomApp, WecomApp.corp_no)):
            rows = session.execute(select(*model.__table__.columns).where(key == number)).mappings().all()
            platform += [(model, dict(row)) for row in rows]
        session.execute(delete(WecomApp).where(WecomApp.corp_no == number))
        session.execute(delete(Corp).where(Corp.id == number))
    corps.forget()
    return _Kept(number, corp_id, platform)


def _opened(kept: _Kept, application: Flask) -> House:
    with platform_transaction() as session:
        for model, row in kept.platform:
            session.execute(insert(model).values(row))
    corps.forget()
    return House(kept.number, kept.corp_id, application)


@pytest.fixture(scope="session")
def kept(installed: None) -> _Kept:
    return _keep("wrooms")


@pytest.fixture(scope="session")
def kept_neighbour(installed: None) -> _Kept:
    return _keep("wneighbour")


@pytest.fixture(scope="session")
def application(installed: None) -> Flask:
    """The web application without a server."""
    wiring.wire()
    return create_flask()


@pytest.fixture
def outer(installed: None, quick_passwords: None) -> Iterator[None]:
    """All that this test does to the database is undone at its end."""
    with rolled_back():
        yield
    corps.forget()


@pytest.fixture
def house(kept: _Kept, application: Flask, outer: None) -> House:
    """A corp of nobody and nothing, in a transaction that is rolled back at the end of the test."""
    return _opened(kept, application)


@pytest.fixture
def neighbour(kept_neighbour: _Kept, application: Flask, outer: None) -> House:
    """Another corp, which knows nobody either: what is not to be seen from outside is asked for from here."""
    return _opened(kept_neighbour, application)


@pytest.fixture
def given(house: House) -> Given:
    """Builders for the corp of this test."""
    return Given(house)


@pytest.fixture
def wecom(house: House) -> Wecom:
    """Answers to the calls that the corp of this test asks for."""
    return Wecom(house)
