"""Identity, as the wiring knows it."""

from scrm.core import clockwork
from scrm.core.manifest import Room
from scrm.core.refers import Fate, member
from scrm.identity import handlers, naming, replies, tokens
from scrm.identity.models import Account, Department, Staff
from scrm.identity.routes import api

ROOM = Room(
    name="identity",
    apis=(api,),
    replies=(
        replies.MEMBER_FETCHED.by(handlers.member_fetched),
        replies.DEPARTMENTS_FETCHED.by(handlers.departments_fetched),
        replies.SYNC_DEPARTMENTS.by(handlers.sync_departments),
        replies.SYNC_DEPARTMENT_IDS.by(handlers.sync_department_ids),
        replies.SYNC_MEMBER_IDS.by(handlers.sync_member_ids),
        replies.SYNC_MEMBERS.by(handlers.sync_members),
    ),
    clock=(clockwork.Job(name="tokens", at=clockwork.daily(hour=9, minute=12), step=tokens.watch),),
    names={"staff": naming.staff, "account": naming.accounts},
    refers=(
        member(Account.userid, leave=Fate.KEEP),
        member(Department.leaders, leave=Fate.KEEP),  # WeCom's own, read anew
        member(Staff.direct_leader, leave=Fate.KEEP),
    ),
)
