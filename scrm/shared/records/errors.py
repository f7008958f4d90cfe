"""Errors of filters, sorts and columns: each names the part (``at``) and lists what there is (``known``)."""

from scrm.core.errors import AppError, NotFound


class FilterMalformed(AppError):
    status = 422
    code = "filter_malformed"
    zh = "筛选条件的格式不对（位置：{at}）。"
    en = "The filter is not well-formed (at: {at})."


class FilterTooLarge(AppError):
    status = 422
    code = "filter_too_large"
    zh = "筛选条件太多：最多 5 层、50 个条件、1000 个值。"
    en = "The filter is too large: at most 5 levels, 50 conditions and 1,000 values."


class FieldUnknown(AppError):
    status = 422
    code = "field_unknown"
    zh = "没有可供筛选的字段“{field}”（位置：{at}）。"
    en = "There is no field “{field}” to filter by (at: {at})."


class OperatorUnknown(AppError):
    status = 422
    code = "operator_unknown"
    zh = "字段“{field}”没有运算“{op}”（位置：{at}）。"
    en = "The field “{field}” has no operator “{op}” (at: {at})."


class ValueInvalid(AppError):
    status = 422
    code = "value_invalid"
    zh = "字段“{field}”的值不对（位置：{at}）。"
    en = "The value is not one of the field “{field}” (at: {at})."


class SortUnknown(AppError):
    status = 422
    code = "sort_unknown"
    zh = "这个列表不能按“{field}”排序。"
    en = "This list cannot be sorted by “{field}”."


class ColumnUnknown(AppError):
    status = 422
    code = "column_unknown"
    zh = "这个列表没有“{field}”这一列。"
    en = "This list has no column “{field}”."


class ListTooSlow(AppError):
    status = 422
    code = "list_too_slow"
    zh = "按这些条件查询超过了 5 秒，请增加条件缩小范围，或换一种排序。"
    en = "The list took more than 5 seconds; narrow it by further conditions, or sort it another way."


class KindNotFound(NotFound):
    code = "kind_not_found"
    zh = "没有这类记录，或你无权查看。"
    en = "There is no such kind of records, or you may not read it."
