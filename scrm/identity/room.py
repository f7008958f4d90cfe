"""Identity, as the wiring knows it."""

from scrm.core import clockwork
from scrm.core.manifest import Room
from scrm.core.refers import Fate, member
from scrm.identity import handlers, naming, tokens
from scrm.identity.models import Account, Department, Staff
from scrm.identity.routes import api

ROOM = Room(
    name="identity",
    apis=(api,),
    replies={
        "identity.member_fetched": handlers.member_fetched,
        "identity.departments_fetched": handlers.departments_fetched,
        "identity.sync_departments": handlers.sync_departments,
        "identity.sync_department_ids": handlers.sync_department_ids,
        "identity.sync_member_ids": handlers.sync_member_ids,
        "identity.sync_members": handlers.sync_members,
    },
    clock=(clockwork.Job(name="tokens", at=clockwork.daily(hour=9, minute=12), step=tokens.watch),),
    names={"staff": naming.staff, "account": naming.accounts},
    refers=(
        member(Account.userid, leave=Fate.KEEP),
        member(Department.leaders, leave=Fate.KEEP),  # WeCom's own, read anew
        member(Staff.direct_leader, leave=Fate.KEEP),
    ),
)
