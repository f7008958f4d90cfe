"""Self-hosted Enterprise WeChat (企业微信) SCRM service."""

import gc

__version__ = "0.1.0"

# Modules make some hundred thousand objects that stay. Looking for garbage at every 700th is a tenth of each start, of
# which a service has eight, and finds no more than looking at every 25,000th.
gc.set_threshold(25_000, 10, 10)
