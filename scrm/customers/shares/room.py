"""Shares of customers, as the wiring knows them."""

from scrm.contracts.customers import RECORD
from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer
from scrm.customers.shares.routes import api
from scrm.shared.ownership.models import RecordShare

ROOM = Room(
    name="customers.shares",
    apis=(api,),
    refers=(customer(RecordShare.record_id, merge=Fate.MOVE, erase=Fate.DELETE, where=RecordShare.record == RECORD),),
)
