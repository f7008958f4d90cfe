"""Compliance: alerts, handovers of leavers' customers, archived messages and the rules they are read by.

Hears: ``FollowLost``, ``StaffDeparted``, ``TransferFailed``, contact events, ``SyncEnded``. Takes archived messages.
Asks: ``CustomerFile`` for the customer as it stood and for a member's customers, ``ArchivePeople`` for names.
Tells: ``CustomersTransferred``, ``GroupsTransferred``, ``ConversationsSeen``.
"""
