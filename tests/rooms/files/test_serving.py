"""How a file is given out: pictures are shown, all else is downloaded, whole, and kept by nobody on the way."""

import io

import pytest
from flask import Flask, Response

from scrm.core import clock
from scrm.shared.files import serving
from scrm.shared.files.stored import StoredFile

PNG = b"\x89PNG\r\n\x1a\n and more"


def given_out(data: bytes, headers: dict[str, str]) -> Response:
    with Flask("files").test_request_context(headers=headers):
        response = serving.stream(io.BytesIO(data), name="7.bin")
        response.direct_passthrough = False
        return response


@pytest.mark.parametrize(
    ("data", "content_type", "disposition"),
    [
        (PNG, "image/png", None),
        (b"\xff\xd8\xff\xe0", "image/jpeg", None),
        (b"GIF89a", "image/gif", None),
        (b"<script>alert(1)</script>", serving.DOWNLOADED, "attachment; filename=7.bin"),
        (b"%PDF-1.7", serving.DOWNLOADED, "attachment; filename=7.bin"),
        (b"", serving.DOWNLOADED, "attachment; filename=7.bin"),
    ],
)
def test_pictures_are_shown_and_all_else_is_downloaded(data: bytes, content_type: str, disposition: str | None) -> None:
    response = given_out(data, {})
    assert (response.status_code, response.get_data()) == (200, data)
    assert response.headers["Content-Type"] == content_type
    assert response.headers.get("Content-Disposition") == disposition
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("wanted", ["bytes=0-3", "bytes=99-", "bytes=-0", "bytes=a-b", "bytes=0-1,3-4", "lines=1-2"])
def test_who_asks_for_a_part_gets_the_whole(wanted: str) -> None:
    response = given_out(PNG, {"Range": wanted, "If-None-Match": "*", "If-Modified-Since": "x"})
    assert (response.status_code, response.get_data()) == (200, PNG)


def test_file_of_the_database_is_shown_as_what_it_was_found_to_be() -> None:
    row = StoredFile()
    row.filename, row.content_type, row.size, row.data, row.created_at = "a.jpg", "image/png", 3, PNG, clock.now()
    with Flask("files").test_request_context():
        response = serving.row(row)
        response.direct_passthrough = False
        assert response.get_data() == PNG
    assert response.headers["Content-Type"] == "image/png"
    assert "Content-Disposition" not in response.headers
