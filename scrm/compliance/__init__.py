"""Compliance: alerts on lost customers, handovers of leavers' customers, and who was told.

Hears: ``FollowLost``, ``StaffDeparted``, ``TransferFailed``, contact events, ``SyncStepDue``. Asks: ``CustomerFile``
for the customer as it stood and for a member's customers. Tells: ``CustomersTransferred``, ``GroupsTransferred``.
"""
