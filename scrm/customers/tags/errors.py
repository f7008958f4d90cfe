"""Errors of tags."""

from scrm.core import constraints
from scrm.core.errors import Conflict, NotFound, ValidationFailed


class TagNotFound(NotFound):
    code = "tag_not_found"
    zh = "没有这个标签，或它已被删除。"
    en = "There is no such tag, or it has been deleted."


class TagGroupNotFound(NotFound):
    code = "tag_group_not_found"
    zh = "没有这个标签组，或它已被删除。"
    en = "There is no such group of tags, or it has been deleted."


class TagNameMissing(ValidationFailed):
    code = "tag_name_missing"
    zh = "请填写名称，至少一个能看见的字。"
    en = "Give a name of at least one visible character."


class TagExists(Conflict):
    code = "tag_exists"
    zh = "这个组里已有同名的标签，请直接使用它，或换一个名称。"
    en = "The group has a tag of this name; use that one, or choose another name."


class TagGroupExists(Conflict):
    code = "tag_group_exists"
    zh = "已有同名的标签组，请把标签加到那个组里，或换一个名称。"
    en = "There is a group of this name; add the tags to it, or choose another name."


class TagIsWecoms(ValidationFailed):
    code = "tag_is_wecoms"
    zh = "这是企业微信的标签，这里只能查看：标签本身在企业微信管理后台修改，给客户打标签请成员在企业微信中操作。"
    en = "This is WeCom's tag: change it in WeCom's admin console; members give it to their customers in WeCom."


class TagsUnknown(ValidationFailed):
    code = "tags_unknown"
    zh = "这些标签不存在或已被删除，请刷新后重选：{tags}。"
    en = "These tags do not exist or have been deleted; reload and choose again: {tags}."


class TagOnAndOff(ValidationFailed):
    code = "tag_on_and_off"
    zh = "同一个标签不能既添加又移除：{tags}。"
    en = "The same tag cannot be put on and taken off at once: {tags}."


class OrderUnlike(ValidationFailed):
    code = "order_unlike"
    zh = "排序须包含全部现有条目、各一次；列表可能刚被他人改动，请刷新后再排。"
    en = "An order names each present entry once; somebody may have changed the list, so reload and order it again."


class TooManyTags(ValidationFailed):
    code = "too_many_tags"
    zh = "自建标签和标签组各不超过 {most} 个，请先删除不用的。"
    en = "There are {most} tags and groups of your own at most; delete some that are not used."


constraints.says("uq_tag_own", TagExists)
constraints.says("uq_tag_group_own", TagGroupExists)
