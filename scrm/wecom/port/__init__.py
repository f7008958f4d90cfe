"""The port: what this service needs of WeCom, as small Protocols by need.

``client`` speaks it to WeCom's servers; nobody else knows how. Each method's docstring names WeCom's page, and its
`wecom_method` line the credential, and whether a second call would have a second effect.
"""
