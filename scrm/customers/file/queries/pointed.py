"""By what a customer is pointed at besides our number."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.customers.file.errors import CustomerNotFound
from scrm.customers.file.models import Customer


def external_userid(session: Session, number: int) -> str | None:
    """WeCom's id, where there is one; raises `CustomerNotFound`."""
    row = session.execute(select(Customer.external_userid).where(Customer.id == number)).first()
    if row is None:
        raise CustomerNotFound()
    name: str | None = row.external_userid
    return name
