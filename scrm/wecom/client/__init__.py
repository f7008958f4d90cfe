"""The only code that knows ``wechatpy``: the port's methods as calls to WeCom's servers."""

from scrm.wecom.client.adapter import connect

__all__ = ["connect"]
