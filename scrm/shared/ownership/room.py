"""Shares of records, as the wiring knows them."""

from scrm.core.manifest import Room
from scrm.core.refers import Fate, member
from scrm.shared.ownership.models import RecordShare

ROOM = Room(name="shared.ownership", refers=(member(RecordShare.staff_id, leave=Fate.DELETE),))
