"""The only code that knows ``wechatpy`` and the archive's library: the port's methods as calls to WeCom's servers.

Imports nothing by itself: the archive's children (`archive_process`) load what they need alone.
"""
