"""From a filter to SQL: one condition for the list, and the same leaf by leaf for who asks why.

A kind of a million rows will have its sets, choices and scope as codes in one array: a conjunction of conditions that
are codes then melts into one ``@>`` in `_all`, which is the place for it.
"""

from collections.abc import Sequence

from sqlalchemy import and_, false, not_, or_, true

from scrm.core.records.field import Asked, Condition, ValueRefused, holds
from scrm.shared.records.catalogue import Known
from scrm.shared.records.errors import FieldUnknown, OperatorUnknown, ValueInvalid
from scrm.shared.records.language import Leaf, Node


def condition(asked: Asked, known: Known, node: Node) -> Condition:
    """That a record is what the filter asks for; raises what a wrong leaf gets."""
    if isinstance(node, Leaf):
        return of_leaf(asked, known, node)
    inner = [condition(asked, known, one) for one in node.nodes]
    if node.form == "not":
        return not_(holds(inner[0]))
    return _all(inner) if node.form == "and" else or_(false(), *inner)


def of_leaf(asked: Asked, known: Known, leaf: Leaf) -> Condition:
    """One condition; raises `FieldUnknown`, `OperatorUnknown` or `ValueInvalid`."""
    part = known.parts.get(leaf.field)
    if part is None:
        raise FieldUnknown(at=leaf.path, field=leaf.field, known=known.filters)
    if leaf.op not in part.field.operators:
        raise OperatorUnknown(at=leaf.path, field=leaf.field, op=leaf.op, known=list(part.field.operators))
    try:
        return part.field.condition(asked, leaf.op, leaf.value)
    except ValueRefused as refused:
        raise ValueInvalid(at=leaf.path, field=leaf.field, known=list(refused.known)) from None


def _all(conditions: Sequence[Condition]) -> Condition:
    return and_(true(), *conditions)
