"""The ground floor: settings, database, outbox, doorbell, audit, HTTP edge, errors, clock, paging, logs.

Imports nothing from the rest of the house.
"""
