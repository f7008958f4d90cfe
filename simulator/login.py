"""Logging in with WeCom: the OAuth and QR pages (91022, 98152), the code exchange (91023), tickets (90506)."""

import html
import re
import secrets
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as WsgiResponse

from simulator.edge import Call, Callers, Refusal, api
from simulator.state import Simulator
from simulator.visibility import visible
from simulator.world import App, Corp, Json

CODE_SECONDS = 300
TICKET_SECONDS = 7200
TICKETS_PER_HOUR = 100  # per app
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(slots=True)
class Code:
    """A single-use OAuth code."""

    app_key: str
    userid: str = ""
    external_userid: str = ""
    private: bool = False
    expires_at: float = 0.0


def blueprint(sim: Simulator) -> Blueprint:
    """The two pages a browser is sent to; ``?as=USERID`` chooses without a click."""
    pages = Blueprint("login", __name__)

    @pages.get("/connect/oauth2/authorize")
    def authorize() -> WsgiResponse:
        return _choose(sim, oauth=True)

    @pages.get("/wwlogin/sso/login")
    @pages.get("/wwopen/sso/qrConnect")
    def qr_login() -> WsgiResponse:
        return _choose(sim, oauth=False)

    return pages


@api("GET", "auth/getuserinfo", callers=Callers.APP, misuse=40029)
def get_user_info(call: Call) -> Json:
    """Redeem a code once, within five minutes, by the app it was made for; else 40029."""
    codes: dict[str, Code] = call.corp.room.setdefault("login_codes", {})
    code = codes.get(call.text("code", missing=40029))
    if code is None or code.expires_at < time.time() or code.app_key not in ("", call.app.key):
        raise Refusal(40029)
    del codes[call.text("code")]
    if code.external_userid:
        return {"openid": f"o{code.external_userid[2:]}", "external_userid": code.external_userid}
    if not code.private:
        return {"userid": code.userid}
    ticket = secrets.token_urlsafe(48)
    call.corp.room.setdefault("user_tickets", {})[ticket] = (code.userid, time.time() + 1800)
    return {"userid": code.userid, "user_ticket": ticket}


@api("POST", "auth/getuserdetail", callers=Callers.APP)
def get_user_detail(call: Call) -> Json:
    userid, until = call.corp.room.get("user_tickets", {}).get(call.text("user_ticket", missing=84015), ("", 0.0))
    if not userid:
        raise Refusal(84015)
    if until < time.time():
        raise Refusal(84014)
    return {"userid": userid, "gender": "0", "avatar": ""}


@api("GET", "get_jsapi_ticket", callers=Callers.APP)
def get_corp_ticket(call: Call) -> Json:
    if call.query.get("type"):
        raise Refusal(91040)
    return _ticket(call, "corp")


@api("GET", "ticket/get", callers=Callers.APP)
def get_app_ticket(call: Call) -> Json:
    if call.query.get("type") != "agent_config":
        raise Refusal(91040)
    return _ticket(call, "agent")


def _ticket(call: Call, kind: str) -> Json:
    now = time.time()
    asked: list[float] = call.corp.room.setdefault(f"tickets:{call.app.key}", [])
    asked[:] = [at for at in asked if at > now - 3600]
    if len(asked) >= TICKETS_PER_HOUR:
        raise Refusal(45009)
    asked.append(now)
    kept: dict[tuple[str, str], tuple[str, float]] = call.corp.room.setdefault("tickets", {})
    value, until = kept.get((call.app.key, kind), ("", 0.0))
    if until <= now:
        value, until = secrets.token_urlsafe(64), now + TICKET_SECONDS
        kept[call.app.key, kind] = (value, until)
    return {"ticket": value, "expires_in": int(until - now)}


def _choose(sim: Simulator, *, oauth: bool) -> WsgiResponse:
    query = request.args
    corp = sim.corps.get(query.get("appid", ""))
    if corp is None:
        return _page("企业不存在 / unknown appid", 400)
    with corp.lock:
        app, problem = _login_app(corp, oauth=oauth)
        if app is None:
            return _page(problem, 400)
        chosen = query.get("as", "")
        if not chosen:
            return _page(_list(corp, app), 200)
        code = Code(app.key if query.get("agentid") else "", expires_at=time.time() + CODE_SECONDS)
        if oauth and chosen.startswith("external:") and chosen[9:] in corp.customers:
            code.external_userid = chosen[9:]
        else:
            staff = corp.member(chosen)
            if staff is None or (not oauth and not visible(corp, app).sees(staff)):
                return _page("没有权限 / no permission", 403)
            code.userid = staff.userid
            wants_private = query.get("scope") == "snsapi_privateinfo" and bool(query.get("agentid"))
            code.private = oauth and wants_private and visible(corp, app).sees(staff)
        value = secrets.token_urlsafe(32)
        corp.room.setdefault("login_codes", {})[value] = code
    parts = urlsplit(query["redirect_uri"])
    answer = [*parse_qsl(parts.query, keep_blank_values=True), ("code", value), ("state", query.get("state", ""))]
    return redirect(urlunsplit(parts._replace(query=urlencode(answer))))


def _login_app(corp: Corp, *, oauth: bool) -> tuple[App | None, str]:
    query = request.args
    if oauth and query.get("response_type") != "code":
        return None, "response_type 必须是 code / response_type must be code"
    if not oauth and request.path.startswith("/wwlogin") and query.get("login_type") != "CorpApp":
        return None, "login_type 必须是 CorpApp / login_type must be CorpApp"
    if oauth and not re.fullmatch(r"[a-zA-Z0-9]{0,128}", query.get("state", "")):
        return None, "state 只能是 128 个以内的字母和数字 / state must be at most 128 letters and digits"
    target = urlsplit(query.get("redirect_uri", ""))
    apps = [row for row in corp.apps.values() if row.kind == "app"]
    if query.get("agentid") or not oauth:
        apps = [row for row in apps if str(row.agent_id) == query.get("agentid")]
    apps = [row for row in apps if _trusted(row, target.netloc, target.hostname or "")]
    if not apps:
        return (
            None,
            "50001 redirect_uri 不在可信域名内，或 agentid 不对 / redirect_uri is not trusted, or a wrong agentid",
        )
    return apps[0], ""


def _trusted(app: App, netloc: str, host: str) -> bool:
    return netloc in app.trusted_domains if app.trusted_domains else host in _LOOPBACK


def _list(corp: Corp, app: App) -> str:
    rows = []
    for staff in visible(corp, app).members(corp):
        target = html.escape(f"{request.path}?{urlencode([*request.args.items(), ('as', staff.userid)])}")
        where = corp.departments[staff.department[0]].name if staff.department else ""
        note = html.escape(" · ".join(part for part in (where, staff.position, staff.userid) if part))
        rows.append(f'<li><a href="{target}"><b>{html.escape(staff.name)}</b> <small>{note}</small></a></li>')
    return f"<h1>{html.escape(corp.name)}</h1><p>选择登录的成员 / Log in as</p><ul>{''.join(rows)}</ul>"


def _page(body: str, status: int) -> Response:
    style = (
        "body{font:16px/1.6 system-ui,'PingFang SC','Noto Sans CJK SC',sans-serif;max-width:34rem;margin:2rem auto;"
        "padding:0 1rem}h1{font-size:1.25rem}ul{list-style:none;padding:0}a{display:block;padding:.5rem .75rem;"
        "border-radius:.5rem;text-decoration:none;color:inherit}a:hover,a:focus{background:#0a6cff1a}small{opacity:.7}"
    )
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{style}</style>'
    title = "<title>企业微信模拟器 · 登录</title>"
    return Response(f'<!doctype html><html lang="zh-CN">{head}{title}<body>{body}</body></html>', status)
