"""Sign-in through WeCom (pages 91022, 98151) and the JS-SDK's signatures (page 90506)."""

import base64
import datetime as dt
import hashlib
import itertools
import json
import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlencode, urlsplit

from flask import Response, redirect, request
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import audit, clock, sealing
from scrm.core.db import platform_tables, platform_transaction, transaction
from scrm.core.errors import Busy
from scrm.core.settings import settings
from scrm.identity import cookies, directory, login, queries
from scrm.identity.accounts import token_hash
from scrm.identity.actor import Actor
from scrm.identity.errors import CredentialsWrong, NotInService, OauthFailed, PageNotOurs
from scrm.identity.models import Account, OauthState, Role, StaffStatus
from scrm.identity.schemas import JssdkSignature
from scrm.wecom import corps
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.errors import Refused, Unreachable, WecomError
from scrm.wecom.port.messages import JsTickets
from scrm.wecom.port.wecom import wecom

_STATE_LIFE = dt.timedelta(minutes=10)
_BROWSER_COOKIE = "scrm_oauth"
# Browsers drop tabs and newlines from an address before they read it: "/\t/host" is another host's.
_LONGEST_PATH = 1_000  # a cookie has 4 KB
_LOCAL_PATH = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")
_PATIENT_SECONDS = 2.0  # for tickets that another request has asked for
_FAILED_SECONDS = 5.0
_places = threading.BoundedSemaphore(4)  # of the eight threads that strangers have
_OFFICIAL = "https://qyapi.weixin.qq.com"


def begin(corp_id: str, next_path: str) -> Response:
    """Send the browser to WeCom's sign-in; the state is single use and bound to this browser.

    What has begun is kept by the browser, sealed: a stranger who begins without end leaves no row behind.
    """
    state = secrets.token_hex(16)
    with platform_transaction() as session:
        corp = corps.by_corp_id(session, corp_id)
    kept = {"corp": corp.id, "next": _local(next_path), "until": (clock.now() + _STATE_LIFE).timestamp()}
    app = corps.app_of(corp.id)
    if app is None:
        raise OauthFailed(problem_zh="企业没有配置自建应用", problem_en="the corp has no app of its own")
    response = redirect(_sign_in_address(app, state))
    sealed = base64.urlsafe_b64encode(sealing.seal(_state_key(), json.dumps(kept).encode(), _place(state))).decode()
    begun = _as_flask(response)
    cookies.put(begun, _BROWSER_COOKIE, sealed, seconds=int(_STATE_LIFE.total_seconds()), path="/login/wecom")
    return begun


@contextmanager
def _asking() -> Iterator[None]:
    """A place to ask WeCom who came; raises `Busy`.

    Whoever has no session can bring any code, and WeCom may be slow: the other threads of strangers are for passwords.
    """
    if not _places.acquire(timeout=_PATIENT_SECONDS):
        raise Busy()
    try:
        yield
    finally:
        _places.release()


def finish(code: str, state: str) -> Response:
    """Back from WeCom: spend the state, ask who came and whether they are in service, sign in as that member.

    Raises `OauthFailed`, or `NotInService` once WeCom has said who it is.
    """
    corp, next_path = _begun(state)
    try:
        with _asking():
            visitor = wecom(corp).login.get_visitor(code=code)
    except WecomError as error:
        if isinstance(error, Refused) and error.reaction is Reaction.STATE:
            raise _gone() from None  # the code is good, and whoever it was made for is no more
        raise OauthFailed(problem_zh="授权码无效或已过期", problem_en="the code is not valid or has expired") from None
    if visitor.userid is None:
        raise OauthFailed(problem_zh="你不是该企业的成员", problem_en="you are not a member of this corp")
    _spend(state, corp)
    _take_present_state(corp, visitor.userid)
    account_id = _account_of(corp, visitor.userid)
    try:
        signed_in = login.start_session(account_id, how="wecom")
    except CredentialsWrong:
        raise NotInService(
            problem_zh="你不是在职成员，或你的账号已被停用",
            problem_en="you are not in service, or your account is disabled",
        ) from None
    response = _as_flask(redirect(next_path))
    for cookie in signed_in.headers.getlist("Set-Cookie"):
        response.headers.add("Set-Cookie", cookie)
    cookies.drop(response, _BROWSER_COOKIE, path="/login/wecom")
    return response


def sign_page(actor: Actor, url: str) -> JssdkSignature:
    """Sign a page of ours for the JS-SDK; raises `PageNotOurs`."""
    if _host_of(url) != _host_of(settings().public_url):  # what the request calls us is anybody's word
        raise PageNotOurs()
    app = corps.app_of(actor.corp)
    if app is None or app.agent_id is None:
        raise OauthFailed(problem_zh="企业没有配置自建应用", problem_en="the corp has no app of its own")
    try:
        tickets = _tickets.get(actor.corp)
    except WecomError:
        raise OauthFailed(problem_zh="无法获取 JS-SDK 票据", problem_en="no JS-SDK ticket could be had") from None
    nonce, timestamp = secrets.token_hex(8), int(clock.now().timestamp())
    page = url.partition("#")[0]
    return JssdkSignature(
        corp_id=actor.corp_id,
        agent_id=app.agent_id,
        timestamp=timestamp,
        nonce=nonce,
        config_signature=js_signature(tickets.config, nonce, timestamp, page),
        agent_config_signature=js_signature(tickets.agent_config, nonce, timestamp, page),
    )


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def js_signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """SHA-1 over the four values in fixed order, unencoded, the address without its fragment."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class _Tickets:
    """Tickets by corp, kept for their life: WeCom gives 100 an hour per app.

    One request of a corp asks. Others wait for its answer for a moment only, and a failure stands for a while: threads
    of the console must not wait one after the other for a WeCom that is silent, nor one corp for another's.
    """

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._kept: dict[int, tuple[JsTickets, float]] = {}
        self._asked: dict[int, float] = {}  # who is asking now, and since when
        self._failed: dict[int, float] = {}

    def get(self, corp: int) -> JsTickets:
        """Raises `WecomError`."""
        with self._lock:
            self._lock.wait_for(lambda: corp not in self._asked, timeout=self._patience(corp))
            now = time.monotonic()
            tickets, ends = self._kept.get(corp, (None, 0.0))
            if tickets is not None and now < ends:
                return tickets
            if corp in self._asked or now - self._failed.get(corp, -_FAILED_SECONDS) < _FAILED_SECONDS:
                raise Unreachable("WeCom is being asked, or failed a moment ago")
            self._asked[corp] = now
        try:
            tickets = wecom(corp).login.get_js_tickets()
        except Exception:
            with self._lock:
                self._failed[corp] = time.monotonic()
            raise
        else:
            with self._lock:
                self._kept[corp] = (tickets, time.monotonic() + max(tickets.expires_in - 300, 60))
            return tickets
        finally:
            with self._lock:
                del self._asked[corp]
                self._lock.notify_all()

    def _patience(self, corp: int) -> float:
        return max(self._asked.get(corp, 0.0) + _PATIENT_SECONDS - time.monotonic(), 0.0)


_tickets = _Tickets()


def _state_key() -> bytes:
    return sealing.derive(settings().secret_key, "scrm sign-in state")


def _place(state: str) -> str:
    return f"sign-in|{token_hash(state).hex()}"


def _begun(state: str) -> tuple[int, str]:
    """Corp and path of the sign-in that this browser began under this state."""
    try:
        sealed = base64.urlsafe_b64decode(cookies.given(_BROWSER_COOKIE))
        kept = json.loads(sealing.unseal(_state_key(), sealed, _place(state)))
    except (ValueError, sealing.SealBroken):
        raise _state_invalid() from None
    if kept["until"] < clock.now().timestamp():
        raise _state_invalid()
    return kept["corp"], kept["next"]


def _spend(state: str, corp: int) -> None:
    """Once WeCom has said who it is, so that only members leave a row, until the state would have ended anyway."""
    now = clock.now()
    with platform_transaction() as session:
        session.execute(delete(OauthState).where(OauthState.expires_at < now))
        statement = insert(OauthState).values(
            state_hash=token_hash(state), browser_hash=b"", corp_no=corp, next_path="", expires_at=now + _STATE_LIFE
        )
        if session.scalar(statement.on_conflict_do_nothing().returning(OauthState.corp_no)) is None:
            raise _state_invalid()


def _state_invalid() -> OauthFailed:
    return OauthFailed(
        problem_zh="登录请求已失效，请重新登录", problem_en="this sign-in is no longer valid; start again"
    )


def _take_present_state(corp: int, userid: str) -> None:
    """Ask WeCom what the member is now: the callback of a departure may have been lost. Raises `NotInService`."""
    asked_at = clock.now()
    try:
        member = wecom(corp).directory.get_member(userid=userid)
    except Refused as refused:
        if refused.reaction is not Reaction.STATE:
            raise _unsure() from None
        raise _gone() from None
    except WecomError:
        raise _unsure() from None
    with transaction(corp) as session:
        if queries.staff_by_userid(session, userid) is not None:
            directory.take_members(session, [member], asked_at=asked_at, run_id=None)
    if member.status not in {1, None}:
        raise NotInService(
            problem_zh="你的企业微信账号未激活或已被禁用",
            problem_en="your WeCom account is not activated, or is disabled",
        )


def _gone() -> NotInService:
    return NotInService(
        problem_zh="你已不在企业通讯录中，或不在应用的可见范围内",
        problem_en="you are no longer in the address book, or outside the app's visible range",
    )


def _unsure() -> OauthFailed:
    return OauthFailed(
        problem_zh="暂时无法向企业微信确认你的状态，请稍后再试",
        problem_en="WeCom could not be asked whether you are in service; try again later",
    )


def _account_of(corp: int, userid: str) -> int:
    """The member's account; a first sign-in makes one with the role sales, however many come at once."""
    with transaction(corp) as session:
        staff = queries.staff_by_userid(session, userid)
        with platform_tables(session):
            known = _existing(session, corp, userid)
        if known is not None:
            return known
        if staff is None:
            raise OauthFailed(
                problem_zh="通讯录中没有该成员，请先同步", problem_en="the member is not known; sync first"
            )
        if staff.status != StaffStatus.ACTIVE:
            raise NotInService(problem_zh="你不是在职成员", problem_en="you are not in service")
        for name in _names(corp, userid):
            with platform_tables(session):
                made = _insert(session, corp, userid, name)
                # Somebody took the name, or the same member came by another door: that account is theirs.
                known = _existing(session, corp, userid) if made is None else None
            if known is not None:
                return known
            if made is not None:
                facts = {"role": Role.SALES.value, "userid": userid}
                audit.record(session, audit.System.SIGN_IN, "account.created", f"account:{name}", facts)
                return made
    raise AssertionError("names do not end")


def _existing(session: Session, corp: int, userid: str) -> int | None:
    mine = select(Account.id).where(Account.corp_no == corp, func.lower(Account.userid) == func.lower(userid))
    return session.scalars(mine).first()


def _insert(session: Session, corp: int, userid: str, name: str) -> int | None:
    """None if the name or the member is taken; whoever is about to take it is waited for."""
    statement = (
        insert(Account)
        .values(
            name=name,
            corp_no=corp,
            role=Role.SALES.value,
            userid=userid,
            must_change_password=False,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(Account.id)
    )
    return session.scalars(statement).first()


def _names(corp: int, userid: str) -> Iterator[str]:
    """Names to try, without end: the userid's own, then with the corp's number, then counted."""
    plain = (re.sub(r"[^A-Za-z0-9._-]+", "-", userid).strip("-") or "member")[:48]
    yield plain
    yield f"{plain}.{corp}"
    for number in itertools.count(2):
        yield f"{plain}.{corp}-{number}"


def _sign_in_address(app: corps.AppCredentials, state: str) -> str:
    back = f"{_origin()}/login/wecom/callback"
    inside_wecom = "wxwork" in request.headers.get("User-Agent", "").lower()
    if inside_wecom:
        base = "https://open.weixin.qq.com" if app.api_base == _OFFICIAL else app.api_base
        query = urlencode(
            {
                "appid": app.corp_id,
                "redirect_uri": back,
                "response_type": "code",
                "scope": "snsapi_base",
                "state": state,
                "agentid": app.agent_id,
            }
        )
        return f"{base}/connect/oauth2/authorize?{query}#wechat_redirect"
    base = "https://login.work.weixin.qq.com" if app.api_base == _OFFICIAL else app.api_base
    return (
        f"{base}/wwlogin/sso/login?login_type=CorpApp&appid={quote(app.corp_id)}&agentid={app.agent_id}"
        f"&redirect_uri={quote(back, safe='')}&state={state}"
    )


def _origin() -> str:
    """The address the browser came by on a demo machine, else the configured one: WeCom compares it exactly."""
    return request.host_url.rstrip("/") if settings().demo else settings().public_url


def _local(path: str) -> str:
    """A path of ours, never another host's: no scheme, no ``//``, no backslash, nothing that browsers strip."""
    return path if len(path.encode()) <= _LONGEST_PATH and _LOCAL_PATH.fullmatch(path) else "/"


def _as_flask(response: object) -> Response:
    if not isinstance(response, Response):
        raise TypeError("not a Flask response")
    return response
