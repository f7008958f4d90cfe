"""The customer file: customers, follow relations, tags, timeline, groups, welcome messages.

Hears: what callbacks say of contacts, tags and groups, ``SyncStepDue`` (tags, customers, groups),
``CustomersTransferred``, ``GroupsTransferred``, ``ConversationsSeen``, ``StaffMerged``. Tells: ``FollowLost``.
"""
