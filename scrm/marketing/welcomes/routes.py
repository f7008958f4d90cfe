"""The welcome message of a corp."""

from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.reading import NothingPersonal
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission
from scrm.marketing.welcomes.actions import policy
from scrm.marketing.welcomes.schemas import WelcomeBody, WelcomeSet

api = Api("welcomes")


@api.get("/welcome", permission=Permission.WELCOME_SET, reads=NothingPersonal("settings"), response=WelcomeSet)
def get_welcome(session: Session) -> object:
    """Whether new customers are greeted, and with which words."""
    return policy.policy(session)


@api.route("PUT", "/welcome", permission=Permission.WELCOME_SET, body=WelcomeBody, response=WelcomeSet)
def set_welcome(actor: Actor, session: Session, body: WelcomeBody) -> object:
    """Switch the welcome message on or off, and set its words."""
    return policy.set_policy(session, actor, enabled=body.enabled, text=body.text)
