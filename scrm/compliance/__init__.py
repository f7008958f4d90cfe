"""Compliance: alerts on lost customers, and who was told of them.

Hears: ``FollowLost``. Asks: ``CustomerFile`` for the customer as it stood. Tells: nothing yet.
"""
