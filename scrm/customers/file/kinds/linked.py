"""Somebody said what the customer is to another."""

from scrm.shared.timeline.kind import Doer, Kind

KIND = Kind(name="linked", zh="建立了关联", en="was linked to another customer", by=Doer.ACCOUNT, facts=("link",))
