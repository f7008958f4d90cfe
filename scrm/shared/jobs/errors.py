"""What a job answers when it does not begin."""

from scrm.core.errors import AppError, NotFound


class JobNotFound(NotFound):
    code = "job_not_found"
    zh = "没有这个批量任务，或不是你发起的。"
    en = "There is no such job, or it is not yours."


class ActionNotFound(NotFound):
    code = "action_not_found"
    zh = "没有“{action}”这个批量操作。"
    en = "There is no action “{action}” on many records."


class JobStateWrong(AppError):
    status = 409
    code = "job_state_wrong"
    zh = "任务当前不能这样操作，请刷新后再看。"
    en = "The job cannot do that now; look at it again."


class NotUndoable(AppError):
    status = 409
    code = "job_not_undoable"
    zh = "这个操作无法撤销，或撤销期限（{days} 天）已过。"
    en = "This cannot be undone, or the {days} days for it are over."


class SelectionEmpty(AppError):
    status = 422
    code = "selection_empty"
    zh = "没有选中任何记录，或选中的记录你都看不到。"
    en = "Nothing is selected, or nothing that you may see."


class SelectionTooLarge(AppError):
    status = 422
    code = "selection_too_large"
    zh = "选中了 {count} 条，一次最多 {most} 条，请分批或增加筛选条件。"
    en = "{count} records are selected; {most} at most go at once. Narrow the filter, or take several turns."
