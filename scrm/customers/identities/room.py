"""Identities of customers, as the wiring knows them."""

from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.customers.identities.models import Identity
from scrm.customers.identities.routes import api

ROOM = Room(
    name="customers.identities",
    apis=(api,),
    refers=(
        customer(Identity.customer_id, merge=Fate.MOVE, erase=Fate.DELETE),
        member(Identity.staff_id, leave=Fate.KEEP),
    ),
)
