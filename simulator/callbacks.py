"""Callbacks as WeCom sends them: signed, encrypted, off the caller's thread, up to three retries, every answer kept.

Source: pages 90930 and 90968. Each attempt has a new nonce and ciphertext around the byte-identical inner XML.
"""

import hashlib
import heapq
import http.client
import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from scrm.wecom import crypt
from simulator.world import App, Corp, Json

SENDERS = 8  # per corp, started when there is work
KEPT_ATTEMPTS = 20_000
IDLE_SECONDS = 2.0  # a kept connection older than this may have been closed by the other side


@dataclass(slots=True, eq=False)
class Delivery:
    """One inner XML on its way to one app."""

    id: int
    app_key: str
    xml: bytes
    facts: Json
    attempts: list[Json] = field(default_factory=list)
    answered: bool = False  # somebody said 200
    done: bool = False  # answered, or given up after the last retry
    on_done: Callable[["Delivery"], None] | None = None

    @property
    def key(self) -> str:
        return hashlib.sha256(self.xml).hexdigest()


class Sender:
    """The sending side of one corp: a heap of due deliveries and a few threads."""

    def __init__(self, corp: Corp) -> None:
        self._corp = corp
        self._due: list[tuple[float, int, Delivery]] = []
        self._ready = threading.Condition()
        self._threads = 0
        self._idle = 0
        self._stopped = False
        self._tickets = 0
        self._attempt_seq = 0
        self.journal: deque[Json] = deque(maxlen=KEPT_ATTEMPTS)
        self.pending = 0

    def send(
        self,
        app: App,
        xml: bytes,
        *,
        facts: Json,
        due: float = 0.0,
        on_done: Callable[[Delivery], None] | None = None,
    ) -> Delivery:
        """Queue one delivery; ``due`` is a Unix time before which it must not leave."""
        with self._ready:
            self._tickets += 1
            delivery = Delivery(self._tickets, app.key, xml, facts, on_done=on_done)
            self.pending += 1
            self._push(due, delivery)
        return delivery

    def stop(self) -> None:
        with self._ready:
            self._stopped = True
            self._ready.notify_all()

    def attempts_after(self, seq: int, limit: int) -> list[Json]:
        """The sender journal: attempts with a higher ``seq``, oldest first."""
        with self._ready:
            return [row for row in self.journal if row["seq"] > seq][:limit]

    def recent(self, limit: int) -> list[Json]:
        """The latest attempts, newest first."""
        with self._ready:
            return [self.journal[-1 - i] for i in range(min(limit, len(self.journal)))]

    def _push(self, due: float, delivery: Delivery) -> None:
        self._tickets += 1
        heapq.heappush(self._due, (due, self._tickets, delivery))
        if not self._idle and self._threads < SENDERS:
            self._threads += 1
            threading.Thread(target=self._run, daemon=True, name=f"sender-{self._corp.corp_id}").start()
        self._ready.notify()

    def _run(self) -> None:
        connections: dict[str, tuple[float, http.client.HTTPConnection]] = {}
        while (delivery := self._take()) is not None:
            self._attempt(delivery, connections)

    def _take(self) -> Delivery | None:
        with self._ready:
            self._idle += 1
            try:
                while not self._stopped:
                    wait = self._due[0][0] - time.time() if self._due else None
                    if wait is not None and wait <= 0:
                        return heapq.heappop(self._due)[2]
                    self._ready.wait(wait)
                return None
            finally:
                self._idle -= 1

    def _attempt(self, delivery: Delivery, connections: dict[str, tuple[float, http.client.HTTPConnection]]) -> None:
        app = self._corp.apps.get(delivery.app_key)
        started = time.time()
        nonce, status, reason = "", 0, "no callback url"
        if app is not None and app.callback_url:
            try:
                url, body, nonce = seal(self._corp.corp_id, app, delivery.xml)
                status, reason = _post(url, body, self._corp.habits.answer_seconds, connections)
            except TimeoutError:
                reason = "timeout"
            except (OSError, http.client.HTTPException, ValueError, crypt.CryptError) as problem:
                reason = type(problem).__name__
        row: Json = {
            "delivery": delivery.id,
            "app": delivery.app_key,
            "attempt": len(delivery.attempts) + 1,
            "at": started,
            "ms": round((time.time() - started) * 1000, 1),
            "nonce": nonce,
            "status": status,
            "reason": reason,
            "key": delivery.key,
            **delivery.facts,
        }
        retries = self._corp.habits.retry_seconds
        with self._ready:
            self._attempt_seq += 1
            delivery.attempts.append(row)
            self.journal.append({"seq": self._attempt_seq, **row, "xml": delivery.xml.decode()})
            delivery.answered = status == 200
            delivery.done = delivery.answered or len(delivery.attempts) > len(retries) or not nonce
            if delivery.done:
                self.pending -= 1
            else:
                self._push(time.time() + retries[len(delivery.attempts) - 1], delivery)
        if delivery.done and delivery.on_done is not None:
            delivery.on_done(delivery)


def seal(corp_id: str, app: App, xml: bytes) -> tuple[str, bytes, str]:
    """Wrap an inner XML for an app: the address with its query, the POST body, and the nonce."""
    nonce, timestamp = secrets.token_hex(8), str(int(time.time()))
    cipher = crypt.encrypt(crypt.aes_key(app.aes_key), xml, corp_id)
    query = {
        "msg_signature": crypt.signature(app.token, timestamp, nonce, cipher),
        "timestamp": timestamp,
        "nonce": nonce,
    }
    agent = "" if app.agent_id is None else f"<AgentID><![CDATA[{app.agent_id}]]></AgentID>"
    body = f"<xml><ToUserName><![CDATA[{corp_id}]]></ToUserName><Encrypt><![CDATA[{cipher}]]></Encrypt>{agent}</xml>"
    return f"{app.callback_url}?{urlencode(query)}", body.encode(), nonce


def verify(corp_id: str, app: App) -> Json:
    """Do the GET of the settings page: the deciphered echostr must come back alone within one second."""
    if not app.callback_url:
        return {"ok": False, "status": 0, "ms": 0, "reason": "no callback url"}
    plain = str(secrets.randbelow(10**19))
    nonce, timestamp = secrets.token_hex(8), str(int(time.time()))
    echostr = crypt.encrypt(crypt.aes_key(app.aes_key), plain.encode(), corp_id)
    query = {
        "msg_signature": crypt.signature(app.token, timestamp, nonce, echostr),
        "timestamp": timestamp,
        "nonce": nonce,
        "echostr": echostr,
    }
    started = time.time()
    status, reason, body = 0, "", b""
    try:
        connection = _connect(app.callback_url, 1.0)
        connection.request("GET", _target(f"{app.callback_url}?{urlencode(query)}"))
        response = connection.getresponse()
        body, status = response.read(4096), response.status
        connection.close()
    except (OSError, http.client.HTTPException, ValueError) as problem:
        reason = f"{type(problem).__name__}: {problem}"
    seconds = time.time() - started
    if not reason and status != 200:
        reason = f"HTTP {status}"
    elif not reason and body != plain.encode():
        reason = "the answer is not the deciphered echostr"
    elif not reason and seconds > 1:
        reason = "took more than a second"
    return {"ok": not reason, "status": status, "ms": round(seconds * 1000, 1), "reason": reason}


def _post(
    url: str,
    body: bytes,
    seconds: float,
    connections: dict[str, tuple[float, http.client.HTTPConnection]],
) -> tuple[int, str]:
    origin = urlsplit(url).netloc
    used, connection = connections.pop(origin, (0.0, None))
    if connection is None or time.time() - used > IDLE_SECONDS:
        if connection is not None:
            connection.close()
        connection = _connect(url, seconds)
    try:
        connection.request("POST", _target(url), body, {"Content-Type": "text/xml"})
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        raise
    if response.will_close:
        connection.close()
    else:
        connections[origin] = (time.time(), connection)
    return response.status, "" if response.status == 200 else f"HTTP {response.status}"


def _connect(url: str, seconds: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=seconds)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _target(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}"
