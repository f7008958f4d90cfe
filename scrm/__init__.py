"""Self-hosted Enterprise WeChat (企业微信) SCRM service."""

__version__ = "0.1.0"
