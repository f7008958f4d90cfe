"""What is made of record kinds: lists that filter, sort and choose columns, and why a record is in one.

See ``docs/decisions/record-kinds.md``; a kind itself is described by `scrm.core.records`.
"""
