"""What exporting answers when it does not."""

from scrm.core.errors import AppError, NotFound


class ExportNotFound(NotFound):
    code = "export_not_found"
    zh = "没有这个导出，或不是你发起的。"
    en = "There is no such export, or it is not yours."


class ExportNotReady(AppError):
    status = 409
    code = "export_not_ready"
    zh = "文件还没有生成，或已被取消、已过期删除。"
    en = "The file is not there yet, or the export was cancelled or has expired."


class ExportOver(AppError):
    status = 409
    code = "export_over"
    zh = "导出已经结束，无法取消。"
    en = "The export is over and cannot be cancelled."


class ExportsFull(AppError):
    status = 409
    code = "exports_full"
    zh = "你已有 {most} 个导出正在进行，请等其中一个完成或取消后再试。"
    en = "{most} of your exports are under way; wait for one to finish, or cancel one."


class NotExported(AppError):
    status = 422
    code = "kind_not_exported"
    zh = "这类记录不支持导出。"
    en = "Records of this kind are not exported."


class ExportTooLong(AppError):
    status = 422
    code = "export_too_long"
    zh = "共 {rows} 行，超过 Excel 文件的上限 {most} 行，请改用 CSV 或增加筛选条件。"
    en = "{rows} rows are more than a workbook may have ({most}); take CSV, or narrow the filter."
