"""Errors of identities."""

from scrm.core import constraints
from scrm.core.errors import Conflict, NotFound, ValidationFailed


class PhoneInvalid(ValidationFailed):
    code = "phone_invalid"
    zh = "这不是电话号码：请填写 11 位手机号，或带区号的座机（如 021-12345678），国外号码以 + 开头。"
    en = "This is no phone number: give 11 digits of a mobile, a landline with its area code, or + and a country code."


class MailInvalid(ValidationFailed):
    code = "mail_invalid"
    zh = "这不是邮箱地址：请填写 name@example.com 的形式。"
    en = "This is no mail address: give it as name@example.com."


class CreditCodeInvalid(ValidationFailed):
    code = "credit_code_invalid"
    zh = "统一社会信用代码有误：应为 18 位，请对照营业执照，注意 0 与 O、1 与 I。"
    en = "This is no unified social credit code: compare its 18 characters with the licence, 0 and O, 1 and I."


class BankInvalid(ValidationFailed):
    code = "bank_invalid"
    zh = "银行账号有误：应为 8 到 32 位数字。"
    en = "This is no account number: it has 8 to 32 digits."


class CompanyAlone(ValidationFailed):
    code = "company_alone"
    zh = "统一社会信用代码只属于公司，请填写在公司资料里。"
    en = "A unified social credit code is a company's; enter it there."


class IdentityKnown(Conflict):
    code = "identity_known"
    zh = "这位客户已有这一条，无需重复添加。"
    en = "The customer has this one already."


class CreditCodeTaken(Conflict):
    code = "credit_code_taken"
    zh = "已有公司使用这个统一社会信用代码，请在客户列表中搜索它。"
    en = "Another company has this code; search the list for it."


class IdentityNotFound(NotFound):
    code = "identity_not_found"
    zh = "没有这一条，或是企业微信里的备注，请在企业微信中修改。"
    en = "There is none, or it is what a member noted in WeCom; change it there."


constraints.says("uq_customer_identity_of", IdentityKnown)
constraints.says("uq_customer_identity_code", CreditCodeTaken)
