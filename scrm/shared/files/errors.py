"""What is wrong with a picture."""

from scrm.core.errors import AppError


class PictureInvalid(AppError):
    status = 422
    code = "picture_invalid"
    zh = "图片必须是 JPG 或 PNG 格式（企业微信文档 90253）。"
    en = "A picture must be JPG or PNG (WeCom page 90253)."


class PictureSizeWrong(AppError):
    status = 422
    code = "picture_size_wrong"
    zh = "图片 {bytes} 字节；企业微信要求大于 5 字节且不超过 {limit} 字节（10 MB，文档 90253）。"
    en = "The picture has {bytes} bytes; WeCom takes more than 5 and at most {limit} (10 MB, page 90253)."


class PictureTooManyPixels(AppError):
    status = 422
    code = "picture_too_many_pixels"
    zh = "图片为 {width}×{height} 像素，超过 {limit} 万像素，请缩小后再上传。"
    en = "The picture has {width}×{height} pixels, more than {limit} times 10,000; make it smaller and upload it again."
