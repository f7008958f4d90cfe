"""Values that no one means to send, on the addresses where they would have reached the database."""

from typing import Any

import pytest

from scrm.identity.models import Role
from tests.support.service import TestCorp as Corp

BEYOND = str(2**63)


@pytest.mark.parametrize("path", ["callbacks", "customers", "alerts", "staff", "tasks", "sync-runs", "audit"])
def test_a_search_for_a_nul_is_a_problem_document(corp: Corp, path: str) -> None:
    answer = corp.console(Role.ADMINISTRATOR).status("GET", f"/{path}?q=a%00b")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/customers/a%00b", None, 400),
        ("GET", "/customers?tag_id=%00", None, 400),
        ("GET", "/customers?added_to=9999-12-31", None, 422),
        ("GET", f"/staff?department_id={BEYOND}", None, 422),
        ("GET", f"/alerts/{BEYOND}", None, 404),
        ("GET", f"/callbacks/{BEYOND}", None, 404),
        ("POST", f"/callbacks/{BEYOND}/replay", None, 404),
        ("POST", f"/sync-runs/{BEYOND}/resume", None, 404),
        ("POST", "/session", {"name": "a\0b", "password": "x"}, 400),
        ("POST", "/customers/x/reveal", {"reason": "because\0of this"}, 400),
        ("GET", "/jssdk-signature?url=http://[", None, 422),
    ],
)
def test_what_does_not_fit_the_database_is_refused_before_it(
    corp: Corp, method: str, path: str, body: Any, status: int
) -> None:
    answer = corp.console(Role.ADMINISTRATOR).status(method, path, body)
    assert answer.status_code == status, answer.text


def test_sign_in_for_a_corp_with_a_nul_is_refused(corp: Corp) -> None:
    console = corp.console(Role.ADMINISTRATOR)
    answer = console.http.get(f"{corp.web}/login/wecom?corp_id=%00", allow_redirects=False, timeout=10)
    assert answer.status_code == 400
