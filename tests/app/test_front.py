"""What the front makes of odd bodies: in parts, half, too many, too long, announced, or lied about."""

import asyncio
import socket
import threading
from typing import Any

import pytest

from scrm.app.front import bodies, front
from scrm.app.front.bodies import BodyTooSlow, SmallPlaces
from scrm.app.front.desks import Desk, DeskFull
from scrm.core.http import SMALL_BODY
from tests.support.service import free_port, serving

JSON = b'{"name":"nobody","password":"not-the-password"}'
HEAD = b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def said(web: str, *parts: bytes) -> bytes:
    """The answer to these bytes, up to its end."""
    host, _, port = web.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        for part in parts:
            line.sendall(part)
        return line.recv(65536)


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def test_a_body_in_parts_is_one_body(service: str) -> None:
    answer = said(service, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(JSON[:7], JSON[7:]))
    assert answer.startswith(b"HTTP/1.1 401")
    assert b"credentials_wrong" in answer


def test_parts_that_grow_too_large_are_refused(service: str) -> None:
    part = b" " * 16_384
    answer = said(service, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(*[part] * (SMALL_BODY // 16_384 + 1)))
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_body_that_is_asked_for_first_is_asked_for(service: str) -> None:
    host, _, port = service.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(HEAD + b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(JSON))
        assert line.recv(4096).startswith(b"HTTP/1.1 100")
        line.sendall(JSON)
        assert line.recv(4096).startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 5\r\nContent-Length: 47\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: five\r\n",
    ],
)
def test_lengths_that_contradict_each_other_are_a_bad_request(service: str, lengths: bytes) -> None:
    assert said(service, HEAD + lengths + b"\r\n" + JSON).startswith(b"HTTP/1.1 400")


def test_length_and_parts_together_are_read_as_parts(service: str) -> None:
    both = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = said(service, HEAD + both + chunked(JSON))
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 401"))
    assert answer.count(b"HTTP/1.1") == 1


def test_half_a_body_is_told_that_it_came_too_late(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Impatient(SmallPlaces):
        def __init__(self, places: int, *, seconds: float) -> None:
            super().__init__(places, seconds=0.1)

    monkeypatch.setattr(front, "SmallPlaces", Impatient)
    with serving(free_port()) as web:
        assert said(web, HEAD + b"Content-Length: 100\r\n\r\n{").startswith(b"HTTP/1.1 408")


def test_whoever_has_waited_longest_gives_up_the_place() -> None:
    async def story() -> list[str]:
        places, ends = SmallPlaces(2, seconds=30), []

        async def wait(name: str) -> None:
            try:
                async with places.taken():
                    await asyncio.sleep(0.05 if name == "third" else 30)
                ends.append(f"{name} read")
            except BodyTooSlow:
                ends.append(f"{name} gone")

        tasks = [asyncio.create_task(wait(name)) for name in ("first", "second", "third")]
        await asyncio.wait(tasks, timeout=0.5)
        tasks[1].cancel()
        return ends

    assert asyncio.run(story()) == ["first gone", "third read"]


def test_a_sender_takes_two_of_the_large_places_at_most() -> None:
    async def story() -> Any:
        places = bodies.LargePlaces(3, each=2, seconds=1, patience=0.01)
        async with places.taken("one"), places.taken("one"):
            with pytest.raises(bodies.NoPlace):
                async with places.taken("one"):
                    pass
            async with places.taken("another"):
                with pytest.raises(bodies.NoPlace):
                    async with places.taken("a third"):
                        pass
        async with places.taken("one"):
            return True

    assert asyncio.run(story())


def test_answers_name_no_server(service: str) -> None:
    for path in ("/api/v1/me", "/wecom/callback/x/y", "/", "/nowhere"):
        assert b"granian" not in said(service, b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode()).lower()


def test_one_sender_leaves_most_of_a_desk_to_the_others() -> None:
    async def story() -> tuple[int, list[str]]:
        desk, free = Desk("crowded", threads=3, line=4, patience=0.2, each=2), threading.Event()
        crowd = [asyncio.create_task(desk.run(lambda: free.wait(20), caller="one")) for _ in range(8)]
        await asyncio.sleep(0.05)
        try:
            answers = [await desk.run(lambda: "another's", caller="another"), await desk.run(lambda: "nobody's")]
            refused = await asyncio.gather(*crowd[2:], return_exceptions=True)
        finally:
            free.set()  # its threads would outlive the run
        await asyncio.gather(*crowd[:2])
        answers.append(await desk.run(lambda: "one's again", caller="one"))
        return sum(isinstance(one, DeskFull) for one in refused), answers

    assert asyncio.run(story()) == (6, ["another's", "nobody's", "one's again"])
