"""The only code that knows ``wechatpy`` and the archive's library: the port's methods as calls to WeCom's servers."""

from scrm.wecom.client.adapter import connect
from scrm.wecom.client.archive import connect_archive

__all__ = ["connect", "connect_archive"]
