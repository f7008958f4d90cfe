"""Record kinds and saved views, as the wiring knows them."""

from scrm.core.manifest import Room
from scrm.shared.records.routes import api

ROOM = Room(name="shared.records", apis=(api,))
