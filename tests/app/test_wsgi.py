"""The door for other WSGI servers: the same application, without the front."""

import importlib
import io

import pytest
from werkzeug.test import Client, EnvironBuilder

from scrm.core.http import SMALL_BODY
from scrm.marketing.broadcasts.routes import api as marketing


class Unread(io.RawIOBase):
    """A body that nobody may read."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> int:
        raise AssertionError("read")


@pytest.fixture
def door(service: str) -> Client:
    return Client(importlib.import_module("wsgi").application)


def test_it_serves_console_api_and_callbacks(door: Client) -> None:
    assert door.get("/healthz").status_code == 200
    assert door.get("/api/v1/me").status_code == 401
    assert door.post("/wecom/callback/nobody/customer").status_code == 404


def test_a_stranger_is_refused_there_before_a_large_body_is_read(door: Client) -> None:
    path = next(operation.path for operation in marketing.operations if operation.limit > SMALL_BODY)
    builder = EnvironBuilder(f"/api/v1{path}", method="POST", content_type="application/json")
    environ = builder.get_environ()
    environ["CONTENT_LENGTH"], environ["wsgi.input"] = str(14_000_000), Unread()
    assert door.run_wsgi_app(environ)[1].startswith("401")
