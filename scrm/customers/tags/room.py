"""Tags, as the wiring knows them."""

from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer
from scrm.core.touches import Live
from scrm.customers.tags import replies
from scrm.customers.tags.actions import deleted
from scrm.customers.tags.bulk import TAG_CUSTOMERS
from scrm.customers.tags.handlers import callbacks, sync
from scrm.customers.tags.models import Tag, TagGroup, TagLink
from scrm.customers.tags.queries import group_names, tag_names
from scrm.customers.tags.routes import api

ROOM = Room(
    name="customers.tags",
    apis=(api,),
    replies=(replies.TAGS_FETCHED.by(callbacks.tags_fetched), replies.SYNC_TAGS.by(sync.tags_listed)),
    queues=(deleted.QUEUE,),
    names={"tag": tag_names, "tag_group": group_names},
    refers=(customer(TagLink.customer_id, merge=Fate.MOVE, erase=Fate.DELETE),),
    actions=(TAG_CUSTOMERS,),
    topics={"customers": Live((Tag, TagGroup))},
)
