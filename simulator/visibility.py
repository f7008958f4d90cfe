"""What one app may see of its corp."""

from collections.abc import Iterator

from simulator.world import LEFT, App, Corp, Staff


class Range:
    """What one app may see of its corp: the visible range of its settings page."""

    def __init__(self, corp: Corp, app: App) -> None:
        if app.kind in ("contact_sync", "archive"):
            self.departments = set(corp.departments)
        else:
            self.departments = {d for party in app.visible_parties for d in corp.subtree(party)}
        self._users = {userid.lower() for userid in app.visible_users}

    def sees(self, staff: Staff) -> bool:
        return staff.userid.lower() in self._users or not self.departments.isdisjoint(staff.department)

    def members(self, corp: Corp) -> Iterator[Staff]:
        """In-service members inside the range."""
        return (staff for staff in corp.staff.values() if staff.status != LEFT and self.sees(staff))


def visible(corp: Corp, app: App) -> Range:
    """Return the app's range, remembered until the directory changes."""
    cache: dict[str, tuple[int, Range]] = corp.room.setdefault("ranges", {})
    kept = cache.get(app.key)
    if kept is None or kept[0] != corp.directory_version:
        kept = cache[app.key] = (corp.directory_version, Range(corp, app))
    return kept[1]
