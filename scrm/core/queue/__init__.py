"""Work that waits as rows: claimed by whoever comes first, done once, never lost.

A queue is a table whose due rows are claimed with SKIP LOCKED, in one of two modes. ``in_transaction``: claim, effect
and mark are one transaction. ``leased``: lease, act with no transaction open, settle; for what leaves the house. Both
count a try before it, back off, and park what fails for good. A room declares its queue once; draining, 异常任务,
`/metrics` and `scrm doctor` know it by the registry.
"""
