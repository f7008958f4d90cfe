"""Errors of the customer file."""

from scrm.core import constraints
from scrm.core.errors import AppError, Conflict, NotFound, ValidationFailed


class CustomerNotFound(NotFound):
    code = "customer_not_found"
    zh = "没有这位客户，或不在你的数据范围内。"
    en = "There is no such customer within your data scope."


class CustomerHeld(AppError):
    status = 403
    code = "customer_read_only"
    zh = "这位客户你只能查看：你已不再跟进，或只被共享了查看权限。"
    en = "You may only look at this customer: you follow them no more, or they are shared with you for reading."


class CustomerNotYours(AppError):
    status = 403
    code = "customer_not_yours"
    zh = "只有负责人及其上级才能转交或共享这位客户；没有负责人时，由跟进人决定。"
    en = "The owner or who leads them hands this customer on or shares it; where there is none, whoever follows."


class NameMissing(ValidationFailed):
    code = "name_missing"
    zh = "请填写名称，至少一个能看见的字。"
    en = "Give a name of at least one visible character."


class CompanyExists(Conflict):
    code = "company_exists"
    zh = "已有同名的公司，请在客户列表中搜索它，或换一个名称。"
    en = "There is a company of this name; search the list for it, or choose another name."


class NameIsWecoms(ValidationFailed):
    code = "name_is_wecoms"
    zh = "微信联系人的昵称由对方设置，不能在这里修改；请修改备注。"
    en = "A WeChat contact chooses their own nickname; change the remark instead."


class VersionMissing(ValidationFailed):
    code = "version_missing"
    zh = "请一并提交所见资料的 version，以免覆盖他人的修改。"
    en = "Send the version that you saw along, so that nobody's change is overwritten."


class CustomerChanged(AppError):
    status = 409
    code = "customer_changed"
    zh = "资料刚刚被他人修改（现为“{name}”，版本 {version}），请刷新后再改。"
    en = "Somebody has just changed this record (now “{name}”, version {version}); reload, then change it."


class OwnerMissing(ValidationFailed):
    code = "owner_missing"
    zh = "你的账号没有对应的成员，请指定负责人。"
    en = "Your account is no member's; say whose customer it is."


class OwnerUnknown(ValidationFailed):
    code = "owner_unknown"
    zh = "没有这位在职成员，或不在你的数据范围内：{userid}。"
    en = "There is no such member in service within your data scope: {userid}."


constraints.says("uq_company_name_key", CompanyExists)
