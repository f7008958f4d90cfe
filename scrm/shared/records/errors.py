"""Errors of filters, sorts and columns: each names the part (``at``) and lists what there is (``known``)."""

from scrm.core.errors import AppError, Conflict, NotFound


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


class ViewNotFound(NotFound):
    code = "view_not_found"
    zh = "没有这个视图，可能已被删除，请刷新。"
    en = "There is no such view; it may have been deleted. Reload."


class ViewNotYours(AppError):
    status = 403
    code = "view_not_yours"
    zh = "团队视图只能由创建人或管理员修改；你可以另存为自己的视图。"
    en = "A view of the team is changed by its maker or an administrator; save it as your own instead."


class ViewNameTaken(Conflict):
    code = "view_name_taken"
    zh = "你在这个列表已有同名视图，请换一个名称。"
    en = "You have a view of this name for the list already; choose another name."


class ViewNameTakenByTeam(Conflict):
    code = "view_name_taken_by_team"
    zh = "团队在这个列表已有同名视图，请换一个名称。"
    en = "The team has a view of this name for the list already; choose another name."


class ViewChanged(Conflict):
    code = "view_changed"
    zh = "这个视图刚刚被他人修改，请核对后再保存。"
    en = "The view has been changed meanwhile; look at it before you save yours."


class ViewsFull(AppError):
    status = 422
    code = "views_full"
    zh = "一个列表最多保存 {most} 个视图，请先删除不再需要的。"
    en = "At most {most} views are kept of a list; delete some first."
