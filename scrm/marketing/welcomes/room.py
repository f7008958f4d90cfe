"""Welcome messages, as the wiring knows them."""

from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.marketing.welcomes import replies
from scrm.marketing.welcomes.actions import welcomes
from scrm.marketing.welcomes.models import Welcome
from scrm.marketing.welcomes.routes import api

ROOM = Room(
    name="marketing.welcomes",
    apis=(api,),
    replies=(
        replies.WELCOME_ANSWERED.by(welcomes.answered),
        replies.WELCOME_NAMED.by(welcomes.named),
    ),
    refers=(
        customer(Welcome.customer_id, merge=Fate.MOVE, erase=Fate.SHRED),
        customer(Welcome.external_userid, merge=Fate.KEEP, erase=Fate.SHRED),
        member(Welcome.userid, leave=Fate.KEEP),
    ),
)
