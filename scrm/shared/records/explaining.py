"""Why a record is in a list or is not: the list's own conditions, each as a column for one number."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core.records.field import Asked, holds
from scrm.identity.actor import Actor
from scrm.shared.records import catalogue
from scrm.shared.records.compiler import condition, of_leaf
from scrm.shared.records.language import leaves, parse
from scrm.shared.records.pages import in_time
from scrm.shared.records.schemas import ExplainedLeaf, Explanation


def explain(session: Session, actor: Actor, kind: str, number: int, filter_text: str | None) -> Explanation:
    """Which conditions hold; of a record that is not, or is not seen, no more than that is said."""
    known, asked, tree = catalogue.of(kind, actor), Asked(session, actor), parse(filter_text)
    whole = condition(asked, known, tree)
    found = list(leaves(tree))
    parts = [holds(of_leaf(asked, known, leaf)).label(f"leaf_{place}") for place, leaf in enumerate(found)]
    key = known.kind.key
    with in_time(session):
        seen = session.scalar(select(known.kind.visible(actor).where(key == number).exists()))
        if not seen:
            return Explanation(visible=False, matches=False, leaves=[])
        row = session.execute(select(holds(whole), *parts).select_from(key.class_).where(key == number)).one()
    return Explanation(
        visible=True,
        matches=row[0],
        leaves=[
            ExplainedLeaf(path=leaf.path, field=leaf.field, op=leaf.op, value=leaf.value, holds=so)
            for leaf, so in zip(found, row[1:], strict=True)
        ],
    )
