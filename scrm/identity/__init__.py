"""Departments, staff, accounts, roles, data scope, the current actor.

Hears: ``SyncStepDue`` (departments, staff), ``StaffChanged``, ``StaffDeleted``, ``DepartmentChanged``. Tells:
``StaffDeparted``, ``StaffMerged``.
"""
