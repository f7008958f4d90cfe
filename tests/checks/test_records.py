"""What the check of record kinds must find, planted; and that of ours it finds nothing."""

from dataclasses import replace
from typing import Any

import pytest

from scrm import wiring
from scrm.compliance.alerts.models import Alert
from scrm.compliance.alerts.record import ALERT
from scrm.core.records.field import Option, Served
from scrm.core.records.fields import Choice, Moment
from scrm.shared.records import catalogue
from scrm.shared.records.catalogue import Known, Part
from tests.checks.records import missing


def planted(**values: Any) -> list[str]:
    told: dict[str, Any] = {"served": Served.SMALL, "column": Alert.state, "choices": (Option("a", "甲", "A"),)}
    field = Choice("planted", values.pop("zh", "字段"), values.pop("en", "Field"), **{**told, **values})
    return missing([Known(ALERT, {"planted": Part(field)})])


def test_our_kinds_lack_nothing() -> None:
    wiring.wire()
    assert len(catalogue.KINDS) > 1 and missing(catalogue.KINDS.values()) == [] == planted()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"zh": ""}, "the field alert.planted has no Chinese words"),
        ({"zh": "Field"}, "the field alert.planted has no Chinese words"),
        ({"en": ""}, "the field alert.planted has no English words"),
        ({"choices": (Option("a", "", "A"),)}, "the value a of alert.planted has no Chinese words"),
        ({"served": None}, "the field alert.planted does not say what serves it"),
        ({"sort": Alert.closed_at}, "the field alert.planted sorts by a column that may be null"),
    ],
)
def test_what_a_field_lacks_is_named(values: dict[str, Any], told: str) -> None:
    (line,) = planted(**values)
    assert line.startswith(told)


def test_a_kind_without_words_is_named() -> None:
    assert missing([Known(replace(ALERT, zh="", en=""), {})]) == [
        "the record kind alert has no Chinese words",
        "the record kind alert has no English words",
    ]


def test_a_field_that_says_no_way_it_is_served_does_not_even_start() -> None:
    with pytest.raises(TypeError, match="served"):
        Moment("planted", "字段", "Field", column=Alert.event_at)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"default_sort": "-closed_at"}, "cannot be sorted"),
        ({"default_columns": ("colour",)}, "no columns"),
        ({"fields": (*ALERT.fields, ALERT.fields[0])}, "stands twice"),
    ],
)
def test_a_default_that_is_not_there_stops_the_start(change: dict[str, Any], told: str) -> None:
    before = dict(catalogue.KINDS)
    with pytest.raises(ValueError, match=told):
        catalogue.install([("planted", (replace(ALERT, **change),), ())])
    with pytest.raises(ValueError, match="registered twice"):
        catalogue.install([("planted", (ALERT, ALERT), ())])
    catalogue.KINDS.update(before)
