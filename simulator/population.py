"""People made up by a seed: the same spec and the same day give the same corp."""

from random import Random

from simulator import names
from simulator.world import (
    WECHAT,
    WECOM,
    Corp,
    Customer,
    Department,
    Follow,
    Group,
    GroupMember,
    Json,
    Staff,
    Tag,
    TagGroup,
)

DAYS = 90
SETTLED_SECONDS = 3600  # the newest relation is older than this, so that later events are newer than all of it
TAGS: dict[str, list[str]] = {
    "客户等级": ["A 类", "B 类", "C 类", "D 类"],
    "意向品类": ["沙发", "全屋定制", "橱柜", "床垫", "软装", "灯具"],
    "客户阶段": ["新线索", "已到店", "已量房", "已报价", "已成交"],
    "来源渠道": ["门店", "展会", "短视频", "老客推荐"],
    "关注点": ["价格", "环保", "设计", "工期", "售后"],
}
_CHANNELS = ("expo2026", "store_xuhui", "store_pudong", "video_live", "poster_a", "poster_b")
_ADD_WAYS = ((1, 40), (16, 18), (4, 10), (3, 8), (2, 7), (10, 5), (6, 4), (13, 3), (24, 2), (201, 2), (202, 1), (0, 1))


def populate(corp: Corp, *, staff: int, customers: int, groups: int, seed: int, epoch: float) -> None:
    """Fill a corp with generated staff in three departments, tags, customers and groups."""
    random = Random(f"population:{seed}")
    for id_, name, parentid in ((1, corp.name, 0), (2, "销售部", 1), (3, "客服部", 1)):
        corp.put(Department(id_, name, parentid, 100 - id_))
    for number in range(1, staff + 1):
        department = 2 if number % 4 else 3
        leads = [department] if number in (1, 4) else []
        corp.put(Staff(f"Staff{number:03d}", names.person(random), [department], leads=leads, position="顾问"))
    add_tags(corp, random, epoch)
    add_customers(corp, random, customers, epoch)
    add_groups(corp, random, groups, epoch)


def add_tags(corp: Corp, random: Random, epoch: float) -> None:
    """Make the tag groups; they belong to the admin console, so no app may edit them."""
    born = int(epoch) - (DAYS + 30) * 86_400
    for order, (name, tags) in enumerate(TAGS.items()):
        rows = [Tag(_id(random, "et"), tag, born, len(tags) - i) for i, tag in enumerate(tags)]
        corp.put(TagGroup(_id(random, "et"), name, born, len(TAGS) - order, tags=rows))


def add_customers(corp: Corp, random: Random, count: int, epoch: float) -> None:
    """Make customers with their relations: 70% WeChat, 15% with two followers, more and more per day."""
    sellers = [row for row in corp.staff.values() if row.customer_contact]
    weights = [random.uniform(0.4, 2.2) for _ in sellers]
    tags = [[tag.id for tag in group.tags] for group in corp.tag_groups.values()]
    for at in sorted(_moment(random, epoch) for _ in range(count)) if sellers else []:
        customer = _customer(random)
        corp.put(customer)
        first = random.choices(sellers, weights)[0]
        corp.put(_follow(random, first, customer, at, tags))
        others = [row for row in sellers if row is not first]
        if others and random.random() < 0.15:
            later = at + int(random.random() * max(1, epoch - SETTLED_SECONDS - at))
            corp.put(_follow(random, random.choice(others), customer, later, tags))


def add_groups(corp: Corp, random: Random, count: int, epoch: float) -> None:
    """Make groups of 5 to 60 people around the customers of their owner."""
    sellers = [row for row in corp.staff.values() if row.customer_contact]
    everybody = list(corp.customers.values())
    for _ in range(count if sellers and everybody else 0):
        owner, born = random.choice(sellers), _moment(random, epoch)
        own = [corp.customers[row.external_userid] for row in corp.relations_of(owner.userid)]
        size = min(random.randint(5, 60), len(everybody))
        pool = own + random.sample(everybody, size)
        people = list({row.external_userid: row for row in random.sample(pool, min(size, len(pool)))}.values())
        group = Group(_id(random, "wr"), names.group_name(random), owner.userid, born)
        group.members.append(GroupMember(owner.userid, 1, born, 1, owner.userid, name=owner.name))
        for person in people:
            joined = born + int(random.random() * max(1, epoch - SETTLED_SECONDS - born))
            scene = random.choice((1, 2, 3))
            invitor = owner.userid if scene == 1 else ""
            group.members.append(GroupMember(person.external_userid, 2, joined, scene, invitor, name=person.name))
        if random.random() < 0.5:
            group.notice = "欢迎入群：每周三晚八点新品直播，群内报门店编号可领优惠券。"
        corp.put(group)


def counts(spec: Json) -> dict[str, int]:
    """Read a spec's ``population``; ValueError with a sentence for anything but small numbers."""
    known = {"staff": 5, "customers": 20, "groups": 2, "seed": 1}
    for name, value in spec.items():
        if name not in known or not isinstance(value, int) or not 0 <= value <= 200_000:
            raise ValueError(f"population.{name} must be one of {', '.join(known)} with a number up to 200000")
        known[name] = value
    return known


def _customer(random: Random) -> Customer:
    gender = random.choice((0, 1, 2, 1, 2))
    if random.random() < 0.7:
        return Customer(_id(random, "wm"), names.nickname(random), WECHAT, gender, unionid=_id(random, "o", 27))
    corp_name, position = names.company(random), names.position(random)
    full = f"{corp_name}（上海）有限公司"
    return Customer(
        _id(random, "wo"),
        names.person(random),
        WECOM,
        gender,
        position=position if random.random() < 0.6 else "",
        corp_name=corp_name,
        corp_full_name=full,
    )


def _follow(random: Random, staff: Staff, customer: Customer, at: int, tags: list[list[str]]) -> Follow:
    way = random.choices([way for way, _ in _ADD_WAYS], [weight for _, weight in _ADD_WAYS])[0]
    row = Follow(staff.userid, customer.external_userid, at, add_way=way, chatting=True)
    row.remark = names.remark(random, customer.name)
    row.description = names.description(random)
    row.oper_userid = staff.userid if way in (2, 3, 4, 201, 202) else customer.external_userid
    row.state = random.choice(_CHANNELS) if way == 16 or (way == 1 and random.random() < 0.5) else ""
    row.tags = [random.choice(group) for group in tags if group and random.random() < 0.45]
    row.personal_tags = ["老客户转介绍"] if random.random() < 0.05 else []
    row.remark_mobiles = [names.mobile(random)] if random.random() < 0.25 else []
    row.remark_corp_name = names.company(random) if customer.type == WECHAT and random.random() < 0.1 else ""
    return row


def _moment(random: Random, epoch: float) -> int:
    """A time within the last `DAYS`, ever more of them towards today, mostly in office hours of UTC+8."""
    day = int(DAYS * random.random() ** 0.7)  # the share of late days grows
    midnight = (int(epoch) + 8 * 3600) // 86_400 * 86_400 - 8 * 3600
    hour = min(21.9, max(8.0, random.gauss(14.5, 3.2)))
    at = midnight - (DAYS - 1 - day) * 86_400 + int(hour * 3600)
    latest = int(epoch) - SETTLED_SECONDS
    return at if at <= latest else latest - random.randrange(6 * 3600)


def _id(random: Random, prefix: str, length: int = 30) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return prefix + "".join(random.choices(letters, k=length))
