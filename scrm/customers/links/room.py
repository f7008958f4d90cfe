"""Links between customers, as the wiring knows them."""

from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer
from scrm.customers.links.models import Link
from scrm.customers.links.routes import api

ROOM = Room(
    name="customers.links",
    apis=(api,),
    refers=(
        customer(Link.from_customer_id, merge=Fate.MOVE, erase=Fate.DELETE),
        customer(Link.to_customer_id, merge=Fate.MOVE, erase=Fate.DELETE),
        customer(Link.reports_to_customer_id, merge=Fate.MOVE, erase=Fate.SHRED),
    ),
)
