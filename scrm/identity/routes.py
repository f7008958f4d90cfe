"""Sign-in, the current user, staff and departments."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from scrm.core import clock
from scrm.core.db import Session
from scrm.core.errors import AppError
from scrm.core.http import Api, Public, problem_of
from scrm.core.paging import PageQuery
from scrm.core.reading import NothingPersonal, Reads, Shown, listed, opened
from scrm.identity import (
    accounts,
    conclusion,
    demo,
    login,
    oauth,
    people,
    queries,
    refusal_page,
    roster,
    sessions,
    tokens,
)
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission
from scrm.identity.schemas import (
    AccountPage,
    AccountQuery,
    ColleaguePage,
    Credentials,
    DepartmentList,
    DepartureHoldList,
    JssdkQuery,
    JssdkSignature,
    LoginOptions,
    Me,
    MemberPage,
    MemberQuery,
    NewPassword,
    NewRole,
    OneTimePassword,
    SessionList,
    SessionsEnded,
    StaffPage,
    StaffQuery,
    TokenList,
)

api = Api("identity")


def _held(_arguments: Mapping[str, Any], answer: Any) -> Shown:
    members = [member for hold in answer["items"] for member in hold.members]
    return Shown("departure_holds", frozenset(f"staff:{member.userid}" for member in members), len(answer["items"]))


_HOLDS = Reads("list.read", "departure_holds", _held)
pages = Blueprint("login", __name__)


@api.get(
    "/login-options",
    permission=Public.BEFORE_SIGN_IN,
    reads=NothingPersonal("nobody is signed in"),
    response=LoginOptions,
)
def get_login_options(session: Session) -> LoginOptions:
    """Corps that can be signed in to, and the demo's logins."""
    return demo.options(session)


@api.post(
    "/session",
    permission=Public.BEFORE_SIGN_IN,
    body=Credentials,
    response=Me,
    transaction=False,
    checks_password=True,
    further=(401, 403, 429),
)
def sign_in(body: Credentials) -> Response:
    """Sign in by name and password."""
    return login.sign_in(body)


@api.delete("/session", permission=Public.ANY_USER, transaction=False)
def sign_out(actor: Actor) -> Response:
    """Sign out of this browser."""
    return login.sign_out(actor)


@api.get("/me", permission=Public.ANY_USER, reads=NothingPersonal("one's own account"), response=Me)
def get_me(actor: Actor) -> Me:
    """The signed-in user."""
    return login.me(actor)


@api.post(
    "/me/password",
    permission=Public.ANY_USER,
    body=NewPassword,
    transaction=False,
    checks_password=True,
    further=(429,),
)
def change_password(actor: Actor, body: NewPassword) -> None:
    """Change one's own password; other browsers are signed out."""
    accounts.change_password(
        actor.account_id,
        old=body.old,
        new=body.new,
        keep_session=actor.session_hash,
        actor=actor,
        known_as=actor.display_name,
    )


@api.get("/me/sessions", permission=Public.ANY_USER, reads=NothingPersonal("one's own sessions"), response=SessionList)
def list_own_sessions(actor: Actor, session: Session) -> object:
    """The browsers that one is signed in with."""
    return {"items": sessions.sessions_of(session, actor.account_id, own=actor.session_hash)}


@api.delete("/me/sessions/<int:session_id>", permission=Public.ANY_USER)
def end_own_session(actor: Actor, session: Session, session_id: int) -> None:
    """Sign out one of one's own browsers."""
    sessions.end_one(session, actor, roster.account_named(session, actor.name), session_id)


@api.post("/me/sessions/end-others", permission=Public.ANY_USER, response=SessionsEnded)
def end_other_sessions(actor: Actor, session: Session) -> object:
    """Sign out all of one's browsers but this one."""
    own = roster.account_named(session, actor.name)
    return {"ended": sessions.end_others(session, actor, own, own=actor.session_hash)}


@api.get("/me/tokens", permission=Public.ANY_USER, reads=NothingPersonal("one's own tokens"), response=TokenList)
def list_own_tokens(actor: Actor, session: Session) -> object:
    """The bearer tokens of one's own account, without what opens anything."""
    return {"items": tokens.tokens_of(session, actor.account_id)}


@api.delete("/me/tokens/<int:token_id>", permission=Public.ANY_USER)
def revoke_own_token(actor: Actor, session: Session, token_id: int) -> None:
    """Revoke one of one's own tokens."""
    tokens.revoke_one(session, actor, roster.account_named(session, actor.name), token_id)


@api.get(
    "/staff",
    permission=Permission.STAFF_READ,
    reads=listed("staff", "staff:{userid}"),
    query=StaffQuery,
    response=StaffPage,
)
def list_staff(actor: Actor, session: Session, query: StaffQuery) -> object:
    """Staff that the user may see."""
    return queries.staff_page(session, actor, query)


@api.get(
    "/colleagues",
    permission=Permission.STAFF_READ,
    reads=NothingPersonal("names of colleagues, which the address book shows everybody"),
    query=PageQuery,
    response=ColleaguePage,
)
def list_colleagues(session: Session, query: PageQuery) -> object:
    """Members in service whom something can be shared with, whoever's they are."""
    return queries.colleague_page(session, query)


@api.get(
    "/departments", permission=Permission.STAFF_READ, reads=NothingPersonal("departments"), response=DepartmentList
)
def list_departments(session: Session) -> object:
    """All departments of the corp."""
    return {"items": queries.departments(session)}


@api.get(
    "/members",
    permission=Permission.ACCOUNTS_READ,
    reads=listed("members", "staff:{userid}"),
    query=MemberQuery,
    response=MemberPage,
)
def list_members(actor: Actor, session: Session, query: MemberQuery) -> object:
    """The corp's members, and who of them may sign in as what."""
    return people.member_page(session, actor, query)


@api.get(
    "/accounts",
    permission=Permission.ACCOUNTS_READ,
    reads=listed("accounts", "account:{name}", "staff:{userid}"),
    query=AccountQuery,
    response=AccountPage,
)
def list_accounts(session: Session, query: AccountQuery) -> object:
    """The corp's accounts, local ones included."""
    return people.account_page(session, query)


@api.post("/accounts/<name>/role", permission=Permission.ACCOUNTS_MANAGE, body=NewRole)
def change_account_role(actor: Actor, session: Session, name: str, body: NewRole) -> None:
    """Give an account another role."""
    roster.change_role(session, actor, name, body.role)


@api.post("/accounts/<name>/disable", permission=Permission.ACCOUNTS_MANAGE)
def disable_account(actor: Actor, session: Session, name: str) -> None:
    """Shut an account out: its sessions end, its tokens are refused."""
    roster.set_disabled(session, actor, name, disabled=True)


@api.post("/accounts/<name>/enable", permission=Permission.ACCOUNTS_MANAGE)
def enable_account(actor: Actor, session: Session, name: str) -> None:
    """Let a disabled account in again."""
    roster.set_disabled(session, actor, name, disabled=False)


@api.post("/accounts/<name>/end-sessions", permission=Permission.ACCOUNTS_MANAGE, response=SessionsEnded)
def end_account_sessions(actor: Actor, session: Session, name: str) -> object:
    """Sign out every browser of an account."""
    return {"ended": roster.end_sessions(session, actor, name)}


_ACCESS = opened("account.access_read", "account:{name}")


@api.get("/accounts/<name>/sessions", permission=Permission.ACCOUNTS_MANAGE, reads=_ACCESS, response=SessionList)
def list_account_sessions(actor: Actor, session: Session, name: str) -> object:
    """The browsers that an account is signed in with."""
    account = roster.account_named(session, name)
    return {"items": sessions.sessions_of(session, account.id, own=actor.session_hash)}


@api.delete("/accounts/<name>/sessions/<int:session_id>", permission=Permission.ACCOUNTS_MANAGE)
def end_account_session(actor: Actor, session: Session, name: str, session_id: int) -> None:
    """Sign out one browser of an account."""
    sessions.end_one(session, actor, roster.account_named(session, name), session_id)


@api.get("/accounts/<name>/tokens", permission=Permission.ACCOUNTS_MANAGE, reads=_ACCESS, response=TokenList)
def list_account_tokens(session: Session, name: str) -> object:
    """The bearer tokens of an account, without what opens anything."""
    return {"items": tokens.tokens_of(session, roster.account_named(session, name).id)}


@api.delete("/accounts/<name>/tokens/<int:token_id>", permission=Permission.ACCOUNTS_MANAGE)
def revoke_account_token(actor: Actor, session: Session, name: str, token_id: int) -> None:
    """Revoke a token of an account."""
    tokens.revoke_one(session, actor, roster.account_named(session, name), token_id)


@api.post(
    "/accounts/<name>/reset-password",
    permission=Permission.ACCOUNTS_MANAGE,
    response=OneTimePassword,
    transaction=False,
    checks_password=True,
)
def reset_account_password(actor: Actor, name: str) -> object:
    """Give an account a one-time password; its sessions and tokens end."""
    password = accounts.reset_password(name, actor=actor, corp=actor.corp)
    return {"password": password, "until": clock.now() + accounts.ONE_TIME}


@api.get("/departure-holds", permission=Permission.ACCOUNTS_READ, reads=_HOLDS, response=DepartureHoldList)
def list_departure_holds(session: Session) -> object:
    """Departures that a sync found and held back, since they would shut out too many."""
    return {"items": people.holds(session)}


@api.post("/departure-holds/<int:hold_id>/confirm", permission=Permission.ACCOUNTS_MANAGE)
def confirm_departures(actor: Actor, session: Session, hold_id: int) -> None:
    """They have left: shut them out."""
    conclusion.confirm(session, actor, hold_id)


@api.post("/departure-holds/<int:hold_id>/reject", permission=Permission.ACCOUNTS_MANAGE)
def reject_departures(actor: Actor, session: Session, hold_id: int) -> None:
    """They are still there; the next sync looks anew."""
    conclusion.reject(session, actor, hold_id)


@api.get(
    "/jssdk-signature",
    permission=Public.ANY_USER,
    reads=NothingPersonal("a signature"),
    query=JssdkQuery,
    response=JssdkSignature,
    transaction=False,
)
def sign_jssdk(actor: Actor, query: JssdkQuery) -> JssdkSignature:
    """Sign a page address for WeCom's JS-SDK."""
    return oauth.sign_page(actor, query.url)


@pages.get("/login/wecom")
def begin_wecom_login() -> Response:
    """Send the browser to WeCom's sign-in."""
    return oauth.begin(request.args.get("corp_id", ""), request.args.get("next", "/"))


@pages.get("/login/wecom/callback")
def finish_wecom_login() -> Response:
    """Back from WeCom's sign-in."""
    return oauth.finish(request.args.get("code", ""), request.args.get("state", ""))


@pages.errorhandler(AppError)
def refuse_sign_in(error: AppError) -> Response:
    """The sentence on a page: nothing of ours runs in the browser here."""
    return refusal_page.shown(error, problem_of(error))
