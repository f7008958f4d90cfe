"""The relation ended, since a colleague has taken the customer over."""

from scrm.shared.timeline.kind import Doer, Kind

KIND = Kind(
    name="transferred", zh="客户已由同事继承", en="the customer went to a colleague", by=Doer.WECOM, facts=("to",)
)
