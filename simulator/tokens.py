"""Tokens and what else every credential may ask (pages 91039, 92520, 92521)."""

import time

from simulator.edge import Call, Callers, Refusal, api
from simulator.state import Simulator
from simulator.world import App, Corp, Json


def get_token(sim: Simulator, query: dict[str, str], ip: str) -> tuple[Corp, App, Json]:
    """Exchange corpid and corpsecret for an access token; too many wrong secrets block the address with 45009."""
    corpid, secret = query.get("corpid", ""), query.get("corpsecret", "")
    if not corpid:
        raise Refusal(41002)
    if not secret:
        raise Refusal(41004)
    if sim.blocked(ip):
        raise Refusal(45009)
    corp = sim.corps.get(corpid)
    if corp is None:
        raise Refusal(40013)
    with corp.lock:
        apps = [app for app in corp.apps.values() if app.secret == secret]
    if not apps:
        sim.wrong_secret(ip)
        raise Refusal(40001)
    value, seconds = sim.issue(corp, apps[0])
    return corp, apps[0], {"access_token": value, "expires_in": seconds}


def holder(sim: Simulator, value: str) -> tuple[Corp, App]:
    """Whose token this is: 41001 missing, 40014 unknown or withdrawn, 42001 expired."""
    if not value:
        raise Refusal(41001)
    token = sim.tokens.get(value)
    corp = sim.corps.get(token.corp_id) if token else None
    app = corp.apps.get(token.app_key) if corp and token else None
    if token is None or corp is None or app is None or token.invalid:
        raise Refusal(40014)
    if token.expires_at <= time.time():
        raise Refusal(42001)
    return corp, app


@api("GET", "getcallbackip", callers=Callers.ANY, empty=("ip_list",))
def list_callback_ips(_: Call) -> Json:
    return {"ip_list": ["127.0.0.1", "127.0.0.*"]}


@api("GET", "get_api_domain_ip", callers=Callers.ANY, empty=("ip_list",))
def list_api_ips(_: Call) -> Json:
    return {"ip_list": ["127.0.0.1"]}
