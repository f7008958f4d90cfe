"""The chat archive, as the wiring knows it."""

from scrm.compliance.archive import naming, record
from scrm.compliance.archive.actions import keying, refolding
from scrm.compliance.archive.models import Conversation, ConversationMember, Message, MessageVersion
from scrm.compliance.archive.queries import timeline
from scrm.compliance.archive.routes import api
from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.core.touches import Live
from scrm.wecom.archive.models import ArchiveCursor, ArchiveIncident, ArchiveMedia, ArchiveParked

# Who spoke is evidence: it stays when a member leaves, and when two customers turn out to be one. Who stands in a
# column is a customer or a member, so that is said of the customer.
ROOM = Room(
    name="compliance.archive",
    apis=(api,),
    queues=(keying.QUEUE, refolding.QUEUE),
    names={"conversation": naming.conversations},
    relatives=naming.relatives,
    topics={"messages": Live((Conversation, ArchiveCursor, ArchiveParked, ArchiveMedia, ArchiveIncident))},
    refers=(
        member(Conversation.userid, leave=Fate.KEEP),
        customer(Conversation.peer, merge=Fate.KEEP, erase=Fate.SHRED),
        customer(Conversation.last_sender, merge=Fate.KEEP, erase=Fate.SHRED),
        customer(ConversationMember.who, merge=Fate.KEEP, erase=Fate.SHRED),
        customer(Message.sender, merge=Fate.KEEP, erase=Fate.SHRED),
        customer(MessageVersion.sender, merge=Fate.KEEP, erase=Fate.SHRED),
    ),
    timeline=(timeline.SOURCE,),
    kinds=(record.CONVERSATION,),
)
