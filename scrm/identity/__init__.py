"""Departments, staff, accounts, roles, data scope, the current actor.

Hears: ``SyncStepDue`` (departments, staff) and ``DirectoryChanged``. Tells: nothing yet.
"""
