"""Self-hosted Enterprise WeChat (企业微信) SCRM service."""
