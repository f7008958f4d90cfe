"""Welcome messages, as the wiring knows them."""

from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.marketing.welcomes import handlers
from scrm.marketing.welcomes.models import Welcome
from scrm.marketing.welcomes.routes import api

ROOM = Room(
    name="marketing.welcomes",
    apis=(api,),
    replies={
        # Stored in call rows since the messages were the customer file's.
        "customers.welcome_answered": handlers.welcome_answered,
        "customers.welcome_named": handlers.welcome_named,
    },
    refers=(
        customer(Welcome.customer_id, merge=Fate.MOVE, erase=Fate.SHRED),
        customer(Welcome.external_userid, merge=Fate.KEEP, erase=Fate.SHRED),
        member(Welcome.userid, leave=Fate.KEEP),
    ),
)
