"""The demo's way to the simulator: its control API under ``/simulator/api``, on loopback only."""

import requests
from flask import Blueprint, Response, request

from scrm.core.errors import AppError
from scrm.core.http import problem_of
from scrm.core.outbound import Session
from scrm.core.settings import settings

pages = Blueprint("simulator_page", __name__)

_session = Session()


class SimulatorUnavailable(AppError):
    status = 503
    code = "simulator_unavailable"
    zh = "模拟器未启动或暂时无响应。"
    en = "The simulator is not running or does not answer."


class CrossSite(AppError):
    status = 403
    code = "cross_site"
    zh = "只接受本站页面的请求。"
    en = "Only requests from this site's own pages are accepted."


@pages.route("/simulator/api/<path:path>", methods=["GET", "POST", "PUT", "DELETE"])
def forward(path: str) -> Response:
    """Hand a control request on; another site's page must not play the world, so JSON from this origin is asked for."""
    if request.method != "GET" and request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return problem_of(CrossSite())
    try:
        answer = _session.request(
            request.method,
            f"{settings().simulator_url}/_sim/{path}",
            params=list(request.args.items(multi=True)),
            data=request.get_data(),
            headers={"Content-Type": "application/json"},
            timeout=10,
        )
    except requests.RequestException:
        return problem_of(SimulatorUnavailable())
    return Response(answer.content, status=answer.status_code, mimetype="application/json")
