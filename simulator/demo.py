"""The demo corp: a furniture seller of thirty people, two thousand customers and forty groups, the same every time."""

from random import Random

from scrm.core.settings import DEMO_CORP_ID
from simulator import archive, small_talk
from simulator.population import add_customers, add_groups, add_tags
from simulator.world import Corp, Department, Json, Staff

CORP_ID = DEMO_CORP_ID
NAME = "晨禾家居"
CUSTOMERS, GROUPS, SEED = 2000, 40, 20_260

# The credentials of an invented corp in an invented world: they open nothing but this process on loopback.
APPS: list[Json] = [
    {"key": "customer", "kind": "app", "agent_id": 1000002, "name": "客户管家"},
    {"key": "assistant", "kind": "app", "agent_id": 1000003, "name": "运营助手"},
    {"key": "contacts", "kind": "contact_sync", "name": "通讯录同步"},
]

ARCHIVE: Json = {"key": "archive", "kind": "archive", "name": "会话内容存档"}

_DEPARTMENTS = (
    (1, NAME, 0),
    (2, "总经办", 1),
    (3, "销售中心", 1),
    (4, "销售一部", 3),
    (5, "销售二部", 3),
    (6, "门店部", 3),
    (7, "客服部", 1),
    (8, "市场部", 1),
    (9, "合规部", 1),
    (10, "信息部", 1),
)

# userid, name, department, position, heads it, direct leader, has customers
_STAFF = (
    ("zhouwenhai", "周文海", 2, "总经理", True, "", False),
    ("linyaqin", "林雅琴", 3, "销售总监", True, "zhouwenhai", False),
    ("liguoqiang", "李国强", 4, "销售一部经理", True, "linyaqin", True),
    ("chenxiaoming", "陈晓明", 4, "销售顾问", False, "liguoqiang", True),
    ("wangfang", "王芳", 4, "销售顾问", False, "liguoqiang", True),
    ("zhangwei", "张伟", 4, "销售顾问", False, "liguoqiang", True),
    ("liuyang", "刘洋", 4, "销售顾问", False, "", True),
    ("sunlili", "孙丽丽", 4, "销售顾问", False, "liguoqiang", True),
    ("zhaomin", "赵敏", 5, "销售二部经理", True, "linyaqin", True),
    ("huangjie", "黄杰", 5, "销售顾问", False, "zhaomin", True),
    ("xujing", "徐静", 5, "销售顾问", False, "zhaomin", True),
    ("gaofeng", "高峰", 5, "销售顾问", False, "zhaomin", True),
    ("heyun", "何云", 5, "销售顾问", False, "", True),
    ("maxiaotian", "马晓天", 5, "销售顾问", False, "zhaomin", True),
    ("guojianhua", "郭建华", 6, "门店部经理", True, "linyaqin", True),
    ("luoting", "罗婷", 6, "徐汇店店长", False, "guojianhua", True),
    ("liangchao", "梁超", 6, "浦东店店长", False, "guojianhua", True),
    ("songjia", "宋佳", 6, "导购", False, "luoting", True),
    ("zhengkai", "郑凯", 6, "导购", False, "liangchao", True),
    ("xieli", "谢莉", 6, "导购", False, "", True),
    ("hanxue", "韩雪梅", 7, "客服主管", True, "zhouwenhai", True),
    ("tangning", "唐宁", 7, "客服专员", False, "hanxue", True),
    ("fengrui", "冯瑞", 7, "客服专员", False, "hanxue", True),
    ("yuqian", "于倩", 7, "客服专员", False, "hanxue", True),
    ("dengyifan", "邓一帆", 8, "市场经理", True, "zhouwenhai", False),
    ("caomengyao", "曹梦瑶", 8, "活动运营", False, "dengyifan", False),
    ("pengbo", "彭博文", 8, "内容运营", False, "dengyifan", False),
    ("shenyun", "沈筠", 9, "合规负责人", True, "zhouwenhai", False),
    ("lujiaqi", "陆嘉琪", 9, "合规专员", False, "shenyun", False),
    ("jiangtao", "江涛", 10, "信息部主管", True, "zhouwenhai", False),
    ("qinlan", "秦岚", 10, "系统管理员", False, "jiangtao", False),
)


def furnish(corp: Corp, epoch: float) -> None:
    """Fill the demo corp as of a day; the same epoch gives the same corp to the last id."""
    for id_, name, parentid in _DEPARTMENTS:
        corp.put(Department(id_, name, parentid, 100 - id_))
    for userid, name, department, position, heads, leader, contact in _STAFF:
        leads = [department] if heads else []
        direct = [leader] if leader else []
        corp.put(Staff(userid, name, [department], leads, direct, position, customer_contact=contact))
    random = Random(SEED)
    add_tags(corp, random, epoch)
    add_customers(corp, random, CUSTOMERS, epoch)
    add_groups(corp, random, GROUPS, epoch)
    if archive.of(corp) is not None:
        small_talk.furnish(corp, Random(f"talk:{SEED}"), epoch)


def spec() -> Json:
    """The demo corp as a spec: its secrets follow from the seed, so that a restart keeps them."""
    return {
        "corp_id": CORP_ID,
        "name": NAME,
        "apps": [{**row, **_credentials(row["key"])} for row in [*APPS, ARCHIVE]],
        "demo": True,
        "archive": True,
    }


def _credentials(key: str) -> Json:
    random = Random(f"demo:{SEED}:{key}")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return {
        "secret": "".join(random.choices(letters, k=43)),
        "token": "".join(random.choices(letters, k=24)),
        "aes_key": "".join(random.choices(letters, k=42)) + random.choice("AEIMQUYcgkosw048"),
    }
