"""The control API under ``/_sim/``: how tests and the simulator page play the world.

Only from loopback, JSON in and out, no other authentication. Errors are ``{"error": sentence}`` with 400, 403 or 404.

======  ==========================================  ===================================================================
method  path under /_sim                            body or query → answer
======  ==========================================  ===================================================================
GET     /health                                     → {"ok": true}
POST    /corps                                      spec (below) → {"corp_id", "name", "apps": [{key, kind, agent_id,
                                                    secret, token, aes_key, callback_url}]}; an existing corp is
                                                    replaced
GET     /corps                                      → {"items": [{corp_id, name, counts, apps}]}
DELETE  /corps/<id>                                 → {"removed": true}
GET     /corps/<id>/corp.yaml                       → the file for ``scrm corp apply``, api_base = this simulator
PUT     /corps/<id>/apps/<key>                      any of {callback_url, secret, token, aes_key, customer_contact,
                                                    visible_users, visible_parties, trusted_domains} → the app
PUT     /corps/<id>/apps/<key>/callback             {"url", "verify": false} → {"url", "verified": {ok, status, ms,
                                                    reason} | null}
POST    /corps/<id>/apps/<key>/verify               → {ok, status, ms, reason}
GET     /corps/<id>/state                           ?q= &userid= &limit=50 &offset=0 → counts, apps, departments, staff,
                                                    tag_groups, groups, customers {total, offset, items}, deliveries
                                                    {pending, items}, messages, welcomes
GET     /corps/<id>/relations                       → {"items": [{userid, external_userid, name, status: following |
                                                    half | left, remark, tags, state, add_way, createtime, …}]} (all)
GET     /corps/<id>/groups/<chat_id>                → the whole group, with its `history` (see `group_history`)
GET     /corps/<id>/transfers                       ?status= → {"items": [{number, handover, takeover,
                                                    external_userid, resigned, started_at, due_at, status, ended_at}],
                                                    "total"}, &takeover= &limit=
POST    /corps/<id>/actions/<verb>                  arguments, plus "quiet": true for no events, "at" → what changed
GET     /actions                                    → {"verbs": {verb: sentence}}
POST    /corps/<id>/callbacks/raw                   {"app", "xml"} → {"delivery": id}
PUT     /corps/<id>/habits                          fields of `world.Habits` → all of them (not kept across a restart)
POST    /corps/<id>/storm                           {"unique", "duplicates": 0.3, "shuffle": true, "seed": 1, "rate": 0,
                                                    "apps": [keys]?} → 202 status; rate is deliveries a second, 0 is
                                                    all at once; without apps every app that hears customer events
GET     /corps/<id>/storm/<n>                       → {id, seed, unique, deliveries, finished, answered, given_up, done,
                                                    seconds}
GET     /corps/<id>/storm/<n>/journal               → NDJSON, a line per delivery {key, app, xml, answered, done,
                                                    attempts: [{at, ms, nonce, status, reason, …}], event, …}
GET     /corps/<id>/ledger                          ?method=externalcontact/* &after=seq &limit=1000 &refused=1
                                                    → {"items": [{seq, came, at, method, http, app, args, errcode}],
                                                    "last"}; &struck=1: also what a misfortune kept from being read
GET     /corps/<id>/deliveries                      ?after=seq &limit=1000 → {"items": [attempts: seq, delivery, app,
                                                    attempt, at, ms, nonce, status, reason, key, event, xml, …], "last",
                                                    "pending"}
GET     /corps/<id>/messages                        → {"items": [{msgid, at, app, touser, msgtype, content}]}
GET     /corps/<id>/archive                         ?ids=1 → {"count", "last_seq", "ids", "seqs", "keys",
                                                    "poisoned": [msgid], "said": [the latest, in the clear]}
GET     /corps/<id>/welcomes                        → {"items": [{at, app, userid, external_userid, text, attachments}]}
GET     /corps/<id>/group_messages                  ?limit=50 &recipients=1 → {"items": [{msgid, at, text,
                                                    cancelled, tasks, …}]}, newest first
PUT     /misfortunes                                {"seed": 1, "rules": [see `misfortunes`]} → {"rules"}
GET     /misfortunes                                → {"rules": […, fired]}
POST    /tokens/expire                              {"corp_id"?, "invalid": false} → {"expired": n}
POST    /forgive                                    → {} (lifts the block for wrong secrets)
GET     /trickle                                    → {on, per_minute, corp_id}
POST    /trickle                                    {"on", "per_minute": 6, "corp_id": ""} → the same
======  ==========================================  ===================================================================

A spec: ``{"corp_id", "name"?, "apps"?: [{"key", "kind": "app"|"contact_sync", "agent_id"?, "secret"?, "token"?,
"aes_key"?, "callback_url"?, "customer_contact"?, "visible_users"?, "visible_parties"?, "trusted_domains"?}],
"population"?: {"staff", "customers", "groups", "seed"}, "archive"?: true, "departments"?, "staff"?,
"customers"?: [fields of `world`], "habits"?: {fields of `world.Habits`}, "seed"?, "epoch"?}``. Left-out apps are the
demo's three; left-out secrets are made up. The same corp_id, seed and epoch (seconds; else now) give the same world.
"""

import ipaddress
import itertools
import time
from dataclasses import asdict
from fnmatch import fnmatchcase

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException

from simulator import archive, group_history, overview, takeovers
from simulator import spec as specs
from simulator.callbacks import verify
from simulator.group_messages import shown
from simulator.journal import of_corp
from simulator.messages import sent_messages
from simulator.play import (
    VERBS,
    BadAction,
    act,
    chats,
    contacts,
    directory,
    group_messages,
    groups,
    tags,
    transfers,
)
from simulator.state import Simulator
from simulator.storm import Storm
from simulator.trickle import Trickle
from simulator.welcome import sent_welcomes
from simulator.world import App, Corp, Json

NOUNS = (chats, contacts, directory, group_messages, groups, tags, transfers)  # imported for the verbs they register
_SETTABLE = {"callback_url", "secret", "token", "aes_key", "customer_contact", "trusted_domains"} | {
    "visible_users",
    "visible_parties",
}


def blueprint(sim: Simulator, trickle: Trickle) -> Blueprint:
    """The control routes around one simulator state."""
    routes = Blueprint("control", __name__, url_prefix="/_sim")
    routes.before_request(_guard)
    routes.register_error_handler(HTTPException, _refuse)
    routes.register_error_handler(BadAction, lambda problem: (jsonify(error=str(problem)), 400))
    routes.register_error_handler(specs.BadSpec, lambda problem: (jsonify(error=str(problem)), 400))
    _corp_routes(routes, sim)
    _app_routes(routes, sim)
    _habit_routes(routes, sim)
    _play_routes(routes, sim)
    _history_routes(routes, sim)
    _weather_routes(routes, sim, trickle)
    return routes


def add_corp(sim: Simulator, spec: Json) -> Corp:
    """Make a corp of a spec, journal it and take it in."""
    whole = specs.complete(spec)
    epoch = whole.get("epoch", time.time())
    corp = specs.build(whole, epoch, callback_base=sim.callback_base)
    sim.add(corp)
    sim.write({"corp": corp.corp_id, "spec": whole, "epoch": epoch})
    corp.write = of_corp(sim, corp)
    return corp


def _corp_routes(routes: Blueprint, sim: Simulator) -> None:
    @routes.get("/health")
    def health() -> Response:
        return jsonify(ok=True)

    @routes.post("/corps")
    def create_corp() -> Response:
        corp = add_corp(sim, _body())
        return jsonify(corp_id=corp.corp_id, name=corp.name, apps=[asdict(app) for app in corp.apps.values()])

    @routes.get("/corps")
    def list_corps() -> Response:
        return jsonify(items=[overview.brief(corp) for corp in list(sim.corps.values())])

    @routes.delete("/corps/<corp_id>")
    def delete_corp(corp_id: str) -> Response:
        _corp(sim, corp_id)
        sim.remove(corp_id)
        sim.write({"corp": corp_id, "gone": True})
        return jsonify(removed=True)

    @routes.get("/corps/<corp_id>/corp.yaml")
    def corp_yaml(corp_id: str) -> Response:
        text = specs.corp_yaml(_corp(sim, corp_id), request.host_url.rstrip("/"))
        return Response(text, content_type="application/yaml; charset=utf-8")

    @routes.get("/corps/<corp_id>/state")
    def state(corp_id: str) -> Response:
        corp = _corp(sim, corp_id)
        limit, offset = min(_number("limit", 50), 200), _number("offset", 0)
        q, userid = request.args.get("q", ""), request.args.get("userid", "")
        with corp.lock:
            sender = sim.senders[corp_id]
            return jsonify(overview.summary(corp, sender, q=q, userid=userid, limit=limit, offset=offset))

    @routes.get("/corps/<corp_id>/relations")
    def relations(corp_id: str) -> Response:
        corp = _corp(sim, corp_id)
        with corp.lock:
            return jsonify(items=[overview.relation(corp, row) for row in corp.follows.values()])

    @routes.get("/corps/<corp_id>/groups/<chat_id>")
    def group(corp_id: str, chat_id: str) -> Response:
        corp = _corp(sim, corp_id)
        with corp.lock:
            row = corp.groups.get(chat_id) or abort(404, "no such group")
            return jsonify({**asdict(row), "member_version": row.version(), "history": group_history.of(corp, chat_id)})

    @routes.get("/corps/<corp_id>/transfers")
    def list_transfers(corp_id: str) -> Response:
        corp, limit = _corp(sim, corp_id), _number("limit", 1_000_000)
        wanted, takeover = request.args.get("status", ""), request.args.get("takeover", "").lower()
        with corp.lock:
            takeovers.settle(corp, sim.senders[corp_id])
            rows = [takeovers.shown(corp, row) for row in corp.further.get(takeovers.Transfer.KIND, {}).values()]
        found = [row for row in rows if wanted in ("", row["status"]) and takeover in ("", row["takeover"].lower())]
        return jsonify(items=found[:limit], total=len(found))


def _habit_routes(routes: Blueprint, sim: Simulator) -> None:
    @routes.put("/corps/<corp_id>/habits")
    def set_habits(corp_id: str) -> Response:
        corp, body = _corp(sim, corp_id), _body()
        with corp.lock:
            corp.habits = specs.make_habits({**asdict(corp.habits), **body})
            return jsonify(asdict(corp.habits))


def _app_routes(routes: Blueprint, sim: Simulator) -> None:
    @routes.put("/corps/<corp_id>/apps/<key>")
    def set_app(corp_id: str, key: str) -> Response:
        corp, body = _corp(sim, corp_id), _body()
        if not set(body) <= _SETTABLE:
            raise BadAction(f"an app takes {', '.join(sorted(_SETTABLE))}")
        with corp.lock:
            app = _app(corp, key)
            for name, value in body.items():
                setattr(app, name, value)
            corp.put(app)
            return jsonify(asdict(app))

    @routes.put("/corps/<corp_id>/apps/<key>/callback")
    def set_callback(corp_id: str, key: str) -> Response:
        corp, body = _corp(sim, corp_id), _body()
        url = body.get("url")
        if not isinstance(url, str) or (url and not url.startswith(("http://", "https://"))):
            raise BadAction("url must be an http or https address")
        with corp.lock:
            app = _app(corp, key)
            app.callback_url = url
            corp.put(app)
        return jsonify(url=url, verified=verify(corp_id, app) if body.get("verify") else None)

    @routes.post("/corps/<corp_id>/apps/<key>/verify")
    def verify_callback(corp_id: str, key: str) -> Response:
        return jsonify(verify(corp_id, _app(_corp(sim, corp_id), key)))


def _play_routes(routes: Blueprint, sim: Simulator) -> None:
    storms: dict[tuple[str, int], Storm] = {}
    numbers = itertools.count(1)

    @routes.get("/actions")
    def list_actions() -> Response:
        return jsonify(verbs={name: (play.__doc__ or "").split("\n")[0] for name, play in sorted(VERBS.items())})

    @routes.post("/corps/<corp_id>/actions/<verb>")
    def play(corp_id: str, verb: str) -> Response:
        corp = _corp(sim, corp_id)
        return jsonify(act(corp, sim.senders[corp_id], verb, _body()))

    @routes.post("/corps/<corp_id>/callbacks/raw")
    def send_raw(corp_id: str) -> Response:
        corp, body = _corp(sim, corp_id), _body()
        if not isinstance(body.get("xml"), str):
            raise BadAction("xml must be a string")
        app = _app(corp, str(body.get("app")))
        sent = sim.senders[corp_id].send(app, body["xml"].encode(), facts={"event": "raw"})
        return jsonify(delivery=sent.id)

    @routes.post("/corps/<corp_id>/storm")
    def start_storm(corp_id: str) -> tuple[Response, int]:
        corp, body = _corp(sim, corp_id), {"duplicates": 0.3, "shuffle": True, "seed": 1, "rate": 0, **_body()}
        if not isinstance(body.get("unique"), int) or not 1 <= body["unique"] <= 200_000:
            raise BadAction("unique must be 1 to 200000")
        storm = Storm(
            next(numbers),
            corp,
            unique=body["unique"],
            duplicates=float(body["duplicates"]),
            shuffle=bool(body["shuffle"]),
            seed=int(body["seed"]),
            apps=body.get("apps"),
        )
        storms[corp_id, storm.id] = storm
        storm.send(sim.senders[corp_id], float(body["rate"]))
        return jsonify(storm.status()), 202

    @routes.get("/corps/<corp_id>/storm/<int:number>")
    def storm_status(corp_id: str, number: int) -> Response:
        storm = storms.get((corp_id, number)) or abort(404, "no such storm")
        return jsonify(storm.status())

    @routes.get("/corps/<corp_id>/storm/<int:number>/journal")
    def storm_journal(corp_id: str, number: int) -> Response:
        storm = storms.get((corp_id, number)) or abort(404, "no such storm")
        return Response(storm.journal(), content_type="application/x-ndjson")


def _history_routes(routes: Blueprint, sim: Simulator) -> None:
    @routes.get("/corps/<corp_id>/ledger")
    def ledger(corp_id: str) -> Response:
        corp = _corp(sim, corp_id)
        after, limit = _number("after", 0), _number("limit", 1000)
        pattern, struck = request.args.get("method", "*"), "struck" in request.args
        refused = struck or "refused" in request.args
        with corp.lock:
            rows = [row for row in corp.ledger if row["seq"] > after and (refused or row["errcode"] == 0)]
        rows = [row for row in rows if struck or "struck" not in row]
        found = [row for row in rows if fnmatchcase(row["method"], pattern)][:limit]
        return jsonify(items=found, last=found[-1]["seq"] if found else after)

    @routes.get("/corps/<corp_id>/deliveries")
    def deliveries(corp_id: str) -> Response:
        _corp(sim, corp_id)
        after, sender = _number("after", 0), sim.senders[corp_id]
        pending = sender.pending  # before the rows: 0 then means that no row is missing
        rows = sender.attempts_after(after, _number("limit", 1000))
        return jsonify(items=rows, last=rows[-1]["seq"] if rows else after, pending=pending)

    @routes.get("/corps/<corp_id>/messages")
    def messages(corp_id: str) -> Response:
        corp = _corp(sim, corp_id)
        with corp.lock:
            return jsonify(items=list(sent_messages(corp)))

    @routes.get("/corps/<corp_id>/archive")
    def archived(corp_id: str) -> Response:
        store = archive.of(_corp(sim, corp_id)) or abort(404, "this corp has no archive")
        return jsonify(overview.archived(store, whole="ids" in request.args))

    @routes.get("/corps/<corp_id>/welcomes")
    def welcomes(corp_id: str) -> Response:
        corp = _corp(sim, corp_id)
        with corp.lock:
            return jsonify(items=list(sent_welcomes(corp)))

    @routes.get("/corps/<corp_id>/group_messages")
    def list_group_messages(corp_id: str) -> Response:
        corp, recipients = _corp(sim, corp_id), "recipients" in request.args
        with corp.lock:
            rows = list(corp.group_messages.values())[: -_number("limit", 50) - 1 : -1]
            return jsonify(items=[shown(corp, row, recipients=recipients) for row in rows])


def _weather_routes(routes: Blueprint, sim: Simulator, trickle: Trickle) -> None:
    @routes.put("/misfortunes")
    def set_misfortunes() -> Response:
        body = _body()
        try:
            sim.script.set(body.get("rules", []), int(body.get("seed", 1)))
        except ValueError as problem:
            raise BadAction(str(problem)) from None
        return jsonify(rules=sim.script.show())

    @routes.get("/misfortunes")
    def show_misfortunes() -> Response:
        return jsonify(rules=sim.script.show())

    @routes.post("/tokens/expire")
    def expire_tokens() -> Response:
        body = _body()
        return jsonify(expired=sim.expire_tokens(body.get("corp_id"), invalid=bool(body.get("invalid"))))

    @routes.post("/forgive")
    def forgive() -> Response:
        sim.forgive()
        return jsonify({})

    @routes.get("/trickle")
    def show_trickle() -> Response:
        return jsonify(trickle.show())

    @routes.post("/trickle")
    def set_trickle() -> Response:
        body = {"on": True, "per_minute": 6, "corp_id": "", **_body()}
        if not isinstance(body["per_minute"], int | float) or not 0 < body["per_minute"] <= 6000:
            raise BadAction("per_minute must be more than 0 and at most 6000")
        trickle.set(on=bool(body["on"]), per_minute=float(body["per_minute"]), corp_id=str(body["corp_id"]))
        return jsonify(trickle.show())


def _guard() -> None:
    """Keep other machines and other sites' pages out: loopback peer, loopback Host, JSON bodies only."""
    host = request.host.rsplit(":", 1)[0].strip("[]")
    if not request.remote_addr or not ipaddress.ip_address(request.remote_addr).is_loopback:
        abort(403, "the control API is for this machine only")
    if host not in ("127.0.0.1", "localhost", "::1"):
        abort(403, "the Host header must name loopback")
    if request.method in ("POST", "PUT") and request.content_length and request.mimetype != "application/json":
        abort(400, "send application/json")


def _refuse(problem: HTTPException) -> tuple[Response, int]:
    return jsonify(error=problem.description), problem.code or 500


def _body() -> Json:
    body = request.get_json(silent=True) if request.content_length else {}
    if not isinstance(body, dict):
        abort(400, "the body must be a JSON object")
    return body


def _number(name: str, default: int) -> int:
    value = request.args.get(name, "")
    if value and not value.isdigit():
        abort(400, f"{name} must be a number")
    return int(value or default)


def _corp(sim: Simulator, corp_id: str) -> Corp:
    return sim.corps.get(corp_id) or abort(404, f"no corp {corp_id}")


def _app(corp: Corp, key: str) -> App:
    return corp.apps.get(key) or abort(404, f"no app {key}")
