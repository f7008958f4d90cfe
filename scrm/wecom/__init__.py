"""The edge to WeCom: corps and their credentials, port, client, calls, callback inbox.

Tells: what a callback said (``scrm.contracts.callbacks``) and how a sync goes on.
Hears nothing; other rooms insert calls and are handed the answers.
"""
