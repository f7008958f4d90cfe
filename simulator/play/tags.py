"""What the admin does to corp tags in the console (events of page 92130, section on tags)."""

from dataclasses import asdict

from simulator.events import tell_customer_apps
from simulator.play import Args, BadAction, Stage, verb
from simulator.tags import remove_tags
from simulator.world import Json, Tag, TagGroup


@verb
def add_tag_group(stage: Stage, args: Args) -> Json:
    """A tag group with its tags is made."""
    names = args.texts("tags")
    if not names:
        raise BadAction("a tag group needs at least one tag")
    tags = [Tag(stage.corp.new_id("et"), name, stage.now, len(names) - i) for i, name in enumerate(names)]
    row = TagGroup(stage.corp.new_id("et"), args.text("name"), stage.now, args.number("order", 0), tags=tags)
    stage.corp.put(row)
    _tell(stage, "create", row.id, "tag_group")
    for tag in tags:
        _tell(stage, "create", tag.id, "tag")
    return asdict(row)


@verb
def add_tag(stage: Stage, args: Args) -> Json:
    """A tag is added to a group."""
    group = _group(stage, args.text("group_id"))
    tag = Tag(stage.corp.new_id("et"), args.text("name"), stage.now)
    if any(row.name == tag.name for row in group.living()):
        raise BadAction(f"the group has a tag {tag.name}")
    group.tags.append(tag)
    stage.corp.put(group)
    _tell(stage, "create", tag.id, "tag")
    return asdict(tag)


@verb
def rename_tag(stage: Stage, args: Args) -> Json:
    """A tag or a tag group is renamed."""
    id_, name = args.text("id"), args.text("name")
    found = stage.corp.find_tag(id_)
    group = found[0] if found else _group(stage, id_)
    target: Tag | TagGroup = found[1] if found else group
    target.name = name
    stage.corp.put(group)
    _tell(stage, "update", id_, "tag" if found else "tag_group")
    return asdict(target)


@verb
def delete_tag(stage: Stage, args: Args) -> Json:
    """A tag or a group is deleted; a group's tags go without an event each."""
    id_ = args.text("id")
    if stage.corp.find_tag(id_):
        emptied = remove_tags(stage.corp, {id_})
        _tell(stage, "delete", id_, "tag")
        for group_id in emptied:
            _tell(stage, "delete", group_id, "tag_group")
        return {"id": id_, "emptied": emptied}
    remove_tags(stage.corp, {tag.id for tag in _group(stage, id_).living()})
    _tell(stage, "delete", id_, "tag_group")
    return {"id": id_, "emptied": [id_]}


@verb
def shuffle_tags(stage: Stage, args: Args) -> Json:
    """The order of a group's tags is reversed, or that of all groups when no ``group_id`` is given."""
    group_id = args.text("group_id", "")
    groups = [row for row in stage.corp.tag_groups.values() if not row.deleted]
    rows: list[Tag | TagGroup] = [*_group(stage, group_id).living()] if group_id else [*groups]
    for order, row in enumerate(sorted(rows, key=lambda one: -one.order)):
        row.order = order
    for group in groups:
        stage.corp.put(group)
    if not stage.quiet:
        fields = [("ChangeType", "shuffle"), ("Id", group_id)]
        tell_customer_apps(stage.corp, stage.sender, "change_external_tag", fields, staff=None, at=stage.at)
    return {"group_id": group_id}


def _group(stage: Stage, group_id: str) -> TagGroup:
    group = stage.corp.tag_groups.get(group_id)
    if group is None or group.deleted:
        raise BadAction(f"no tag or tag group {group_id}")
    return group


def _tell(stage: Stage, change: str, id_: str, kind: str) -> None:
    if not stage.quiet:
        fields = [("ChangeType", change), ("Id", id_), ("TagType", kind)]
        tell_customer_apps(stage.corp, stage.sender, "change_external_tag", fields, staff=None, at=stage.at)
