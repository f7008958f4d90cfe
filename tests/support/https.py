"""The console as it stands behind https: browsers of werkzeug's, which keep cookies by their names and paths."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from werkzeug.test import Client, TestResponse

from scrm.core.settings import settings

ORIGIN = "https://scrm.example"


@contextmanager
def served() -> Iterator[None]:
    """For the length of the block the console's address is `ORIGIN`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCRM_PUBLIC_URL", ORIGIN)
        settings.cache_clear()
        yield
    settings.cache_clear()


def browser(*, keeps_cookies: bool = True) -> Client:
    """One that keeps none sends those of the header ``Cookie``."""
    return Client(importlib.import_module("wsgi").application, use_cookies=keeps_cookies)


def ask(client: Client, method: str, path: str, **options: object) -> TestResponse:
    return client.open(path, method=method, base_url=ORIGIN, **options)  # type: ignore[arg-type]


def cookies_set(answer: TestResponse) -> dict[str, str]:
    """The lines of an answer that set cookies, by the cookies' names."""
    return {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}
