"""Errors of rules."""

from scrm.core import constraints
from scrm.core.errors import AppError, NotFound


class RuleNotFound(NotFound):
    code = "rule_not_found"
    zh = "没有这条质检规则。"
    en = "There is no such rule."


class RuleNameTaken(AppError):
    status = 409
    code = "rule_name_taken"
    zh = "已有同名质检规则，请换一个名称。"
    en = "A rule of this name exists; choose another."


class RuleChanged(AppError):
    status = 409
    code = "rule_changed"
    zh = "质检规则已被他人修改（当前第 {version} 版），请刷新后再改。"
    en = "The rule was changed meanwhile (version {version} now); reload before you change it."


class RuleJustChanged(AppError):
    status = 409
    code = "rule_changed"
    zh = "质检规则刚刚被他人修改，请刷新后再改。"
    en = "Somebody has just changed the rule; reload before you change it."


class RuleLinesBad(AppError):
    status = 422
    code = "rule_lines_bad"
    zh = "词表有 {count} 行不能使用：第 {lines} 行。每个词 2 到 64 个字（不计空格和表情）。"
    en = (
        "{count} lines of the word list cannot be used: {lines}. A word has 2 to 64 characters, blanks and emoji aside."
    )


class RuleWordsMissing(AppError):
    status = 422
    code = "rule_words_missing"
    zh = "词表里没有词，请每行填写一个。"
    en = "The word list has no word; write one per line."


class RuleTooLong(AppError):
    status = 422
    code = "rule_too_long"
    zh = "词表有 {count} 个词，一条质检规则最多 {limit} 个，请拆成几条质检规则。"
    en = "The word list has {count} words; a rule takes {limit} at most, so make several."


class ScanRunning(AppError):
    status = 409
    code = "scan_running"
    zh = "这条质检规则正在回扫，请等它完成。"
    en = "This rule is going over the archive already; wait until it is done."


constraints.says("uq_rule_name", RuleNameTaken)
constraints.says("pk_rule_version", RuleJustChanged)
