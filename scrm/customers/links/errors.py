"""Errors of links."""

from scrm.core.errors import AppError, Conflict, NotFound, ValidationFailed


class LinkNotFound(NotFound):
    code = "link_not_found"
    zh = "没有这条关联，可能已被删除，请刷新。"
    en = "There is no such link; it may have been removed meanwhile. Reload."


class OtherUnknown(ValidationFailed):
    code = "other_customer_unknown"
    zh = "要关联的客户不存在，或不在你的数据范围内，请重新选择。"
    en = "The customer to link to does not exist or is outside your data scope; choose again."


class LinkToItself(ValidationFailed):
    code = "link_to_itself"
    zh = "客户不能与自己关联，请选择另一位。"
    en = "A customer cannot be linked to itself; choose another."


class LinkUnfit(ValidationFailed):
    code = "link_unfit"
    zh = "这种关联要求：{zh}。"
    en = "This link is for {en}."


class LinkKnown(Conflict):
    code = "link_known"
    zh = "两者已有这种关联，无需重复添加。"
    en = "The two are linked in this way already."


class LinkCircle(ValidationFailed):
    code = "link_circle"
    zh = "这样会首尾相接成环：{name}已经（间接）是对方的上级或归属方。请先删除原有的关联，或调换两者的位置。"
    en = "This would close a circle: {name_en} stands above the other already. Remove that link first, or swap the two."


class PrimaryTaken(ValidationFailed):
    code = "primary_taken"
    zh = "这家公司已有主联系人：{name}。请先取消，再设置新的主联系人。"
    en = "The company has a primary contact: {name_en}. Take that back first, then name the new one."


class NoContact(ValidationFailed):
    code = "not_a_contact"
    zh = "职位、部门、上级和主联系人只属于在公司任职的联系人。"
    en = "Title, department, superior and primary contact are for who works at a company."


class SuperiorElsewhere(ValidationFailed):
    code = "superior_elsewhere"
    zh = "上级还不是这家公司的联系人，请先把他添加为联系人。"
    en = "The superior is no contact of this company yet; add them first."


class LinksFull(AppError):
    status = 422
    code = "links_full"
    zh = "一位客户最多 {most} 条关联，请先删除不再需要的。"
    en = "A customer has at most {most} links; remove some first."
