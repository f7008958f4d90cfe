"""The customer file: customers, follow relations, tags, timeline, groups, welcome messages.

Hears: what callbacks say of contacts, tags and groups, and ``SyncStepDue`` (tags, customers, groups). Tells:
``FollowLost``.
"""
