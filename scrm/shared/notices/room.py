"""Notices, as the wiring knows them."""

from scrm.core.manifest import Room
from scrm.core.refers import Fate, member
from scrm.shared.notices import telling
from scrm.shared.notices.models import Notice
from scrm.shared.notices.replies import NOTICE_ANSWERED

ROOM = Room(
    name="shared.notices",
    replies=(NOTICE_ANSWERED.by(telling.answered),),
    refers=(member(Notice.userid, leave=Fate.KEEP),),
)
