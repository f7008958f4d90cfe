"""Invented names: of people, of companies, of what salespeople write into a remark."""

from random import Random


def _words(text: str) -> list[str]:
    return text.split()


_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN = _words(
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚 桂英 志强 秀兰 建华 小红 建国 婷婷 雪梅 子涵 雨欣 "
    "浩然 梓萱 欣怡 宇轩 佳怡 思远 晓东 海燕 文博 嘉豪 雅琴 国庆 春梅 俊杰 晨曦 若琳 明轩 诗涵 天宇 慧敏 立群 一鸣 "
    "可欣 书瑶 家明 月华 振宇 玉珍 永康 晓峰 凯 倩 鑫 蕾 鹏 璐 斌 颖 琳 波 琪 瑞 宁 岚"
)
_NICKNAMES = _words(
    "小雨 阿杰 清风徐来 Lily 大橙子 阿May 梧桐树下 简单生活 Kevin 向日葵 老周家的猫 南风 Mia 一米阳光 青柠 阿泽 "
    "木子李 豆豆妈 远山 Sunny 小鹿 听雨轩 北岛 Echo 西瓜汽水 半夏 七七 家有两宝 山海 Vivian 老张 糖糖 沐沐 晴天 "
    "暖阳 Jason 果果妈妈 云淡风轻 初见 海阔天空 茉莉花开 Eric 甜甜圈 安然 静待花开 Cindy 阳台种菜 橘子洲 小满 归途"
)
_COMPANY_HEADS = _words(
    "云杉 启明 蓝湖 乐居 万象 和煦 青禾 锦程 海蓝 泰和 宏远 新锐 拾光 千树 观澜 嘉木 博远 瑞丰 天工 宜家园"
)
_COMPANY_TAILS = _words("装饰 设计 置业 酒店 建材 科技 贸易 物业 餐饮 教育")
_WANTS = _words("沙发 全屋定制 橱柜 床垫 餐桌椅 衣柜 书房 儿童房 窗帘 灯具 软装 二手房翻新")
_PLACES = _words("浦东 徐汇 静安 闵行 杨浦 虹口 普陀 长宁 宝山 嘉定 松江 青浦")
_GROUP_KINDS = _words("新品体验群 老客福利群 装修交流群 门店会员群 团购群 售后服务群 设计师沙龙")
_POSITIONS = _words("采购经理 设计师 总经理 行政主管 项目经理 店长 运营总监")


def person(random: Random) -> str:
    return random.choice(_SURNAMES) + random.choice(_GIVEN)


staff_name = person


def nickname(random: Random) -> str:
    """A WeChat name: half of them are real names."""
    return random.choice(_NICKNAMES) if random.random() < 0.5 else person(random)


def company(random: Random) -> str:
    return random.choice(_COMPANY_HEADS) + random.choice(_COMPANY_TAILS)


def position(random: Random) -> str:
    return random.choice(_POSITIONS)


def remark(random: Random, name: str) -> str:
    """What a salesperson calls a customer: often nothing, else a surname with a wish or a place; ≤20 characters."""
    if random.random() < 0.4:
        return ""
    surname = name[0] if name[0] in _SURNAMES else random.choice(_SURNAMES)
    title = random.choice(("女士", "先生", "总", "姐", "哥", "老师"))
    return f"{surname}{title}-{random.choice(_WANTS)}-{random.choice(_PLACES)}"[:20]


def description(random: Random) -> str:
    if random.random() < 0.7:
        return ""
    area, wants = random.randrange(60, 240, 5), random.choice(_WANTS)
    budget, month = random.randrange(1, 20), random.choice("一二三四五六")
    return f"{random.choice(_PLACES)}，{area} 平，{wants}预算 {budget} 万，{month}月交房"


def group_name(random: Random) -> str:
    return f"{random.choice(_PLACES)}{random.choice(_GROUP_KINDS)}{random.randrange(1, 20)}"


def mobile(random: Random) -> str:
    """A number of the invented range 1990000xxxx."""
    return f"1990000{random.randrange(10_000):04d}"
