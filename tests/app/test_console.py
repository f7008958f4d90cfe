"""The console's files: what is meant to be read, and nothing beside it."""

import os
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from scrm.app import create_flask
from scrm.app.console import DIST
from scrm.core.settings import settings


@pytest.fixture
def browser(service: str) -> Iterator[FlaskClient]:
    with create_flask().test_client() as client:
        yield client


def test_an_assets_address_does_not_lead_out_to_the_secret_key(browser: FlaskClient) -> None:
    secret = settings().data_dir / "secret_key"
    secret.write_text("not for the world")
    way_out = os.path.relpath(secret, DIST / "assets")
    assert way_out.startswith("..")
    for address in (way_out, way_out.replace("/", "%2f"), way_out.replace("..", "%2e%2e")):
        answer = browser.get(f"/assets/{address}")
        assert answer.status_code == 404
        assert b"not for the world" not in answer.data


def test_an_assets_address_does_not_lead_to_its_neighbours(browser: FlaskClient) -> None:
    assert browser.get("/assets/../index.html").status_code == 404
    assert browser.get("/assets/../../package.json").status_code == 404


def test_an_address_with_a_nul_is_no_file(browser: FlaskClient) -> None:
    assert browser.get("/assets/a%00b").status_code == 400


def test_the_file_for_wecoms_domain_check_is_read_from_the_data_directory(browser: FlaskClient) -> None:
    (settings().data_dir / "WW_verify_abc123.txt").write_text("abc123")
    assert browser.get("/WW_verify_abc123.txt").data == b"abc123"
    assert browser.get("/WW_verify_other.txt").status_code == 404
