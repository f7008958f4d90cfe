"""What rooms ask of each other, and who answers; what stands behind the ports to WeCom."""

from scrm.compliance import ports as compliance
from scrm.compliance.archive.actions.messages import MessageSink
from scrm.compliance.handovers.queries import moved
from scrm.customers.queries import audience, names, ownership, remarks, snapshot
from scrm.marketing.broadcasts import ports as broadcasts
from scrm.wecom.archive import sink
from scrm.wecom.client.adapter import connect
from scrm.wecom.client.archive import connect_archive
from scrm.wecom.port import archive as archive_port
from scrm.wecom.port import wecom as wecom_port


def fill() -> None:
    """Answer every question; safe to call again."""
    wecom_port.install(connect)
    archive_port.install(connect_archive)
    compliance.install(
        compliance.CustomerFile(
            follow_snapshot=snapshot.follow_snapshot,
            follow_history=snapshot.follow_history,
            customers_of=ownership.customers_of,
            groups_of=ownership.groups_of,
            named=ownership.named,
            customer_counts=ownership.customer_counts,
            departed_owners=ownership.departed_owners,
            remarks=remarks.remarks,
            called_by=remarks.called_by,
        )
    )
    broadcasts.install(
        broadcasts.CustomerFile(
            edges=audience.edges,
            unknown_tags=audience.unknown_tags,
            tag_names=audience.tag_names,
            names=audience.names,
            external_userids=audience.external_userids,
            ids=audience.customer_ids,
            remarks=remarks.remarks,
        )
    )
    compliance.install_handovers(compliance.Handovers(has_moved=moved.has_moved))
    compliance.install_archive_people(compliance.ArchivePeople(names=names.names, find=names.find))
    sink.install(MessageSink())
