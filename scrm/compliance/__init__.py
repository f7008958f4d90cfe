"""Compliance: alerts, handovers of leavers' customers, archived messages and the rules they are read by.

Hears: ``FollowLost``, ``StaffDeparted``, ``TransferFailed``, contact events, ``SyncEnded``. Takes archived messages.
Asks: the customer file for the customer as it stood and for a member's customers, groups, names.
Tells: ``CustomersTransferred``, ``GroupsTransferred``, ``ConversationsSeen``.
"""
