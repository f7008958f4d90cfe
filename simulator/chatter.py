"""What people say in chats: lines by a seed, and a body of every message type of page 91774."""

import hashlib
import json
import struct
import zlib
from random import Random

from simulator.archive import Archive
from simulator.world import Json

CUSTOMER_LINES = (
    "你好，请问这款沙发有现货吗",
    "昨天看的那套橱柜，报价能再发我一次吗",
    "量房约在周六上午可以吗",
    "甲醛检测报告有吗？家里有小孩",
    "这个价格包含安装费吗",
    "我再和家里人商量一下，晚点回复你",
    "床垫可以试睡几天？",
    "物流到哪里了，今天能送到吗",
    "上次买的餐椅有一把有点晃，怎么保修",
    "好的，谢谢[微笑]",
    "有没有更环保一点的板材",
    "门店周日几点开门",
)
STAFF_LINES = (
    "您好，现货有三种颜色，我把图片发您看看",
    "报价单已经发您邮箱，有问题随时找我",
    "周六上午十点，设计师会带样板过去",
    "检测报告在合同附件里，符合 E0 级",
    "含安装和旧家具搬运，三环内免费",
    "可以试睡 100 天，不满意免费退",
    "已经到徐汇仓，下午两点前送达",
    "我登记一下，售后师傅明天联系您",
    "新品周三晚上八点直播，有门店专属价",
    "好的，随时联系我[玫瑰]",
    "这款用的是 ENF 级板材，比国标更严",
    "门店早上九点半到晚上九点",
)
RISKY_LINES = (
    "不走公司账户，您直接加我私人微信转账",
    "别告诉公司，我给您返点两千",
    "我这边可以私下接单，比门店便宜",
    "钱先转到我个人支付宝",
)
MEDIA_TYPES = ("image", "voice", "video", "emotion", "file")
TYPES = (
    *("text", "image", "voice", "video", "emotion", "file", "link", "card", "weapp", "location", "chatrecord", "mixed"),
    *("redpacket", "external_redpacket", "todo", "vote", "collect", "meeting", "meeting_notification", "docmsg"),
    *("markdown", "news", "calendar", "meeting_voice_call", "voip_doc_share", "sphfeed", "voiptext", "qydiskfile"),
    *("solitaire", "note", "agree", "disagree"),
)
# The body's key where it is not the type itself (page 91774).
_INFO = ("markdown", "news", "voiptext", "qydiskfile", "meeting_notification", "solitaire", "note")
BODY_KEY = {"external_redpacket": "redpacket", "docmsg": "doc", **dict.fromkeys(_INFO, "info")}


def line(random: Random, *, from_staff: bool, risky: float = 0.0) -> str:
    if from_staff and random.random() < risky:
        return random.choice(RISKY_LINES)
    return random.choice(STAFF_LINES if from_staff else CUSTOMER_LINES)


def picture(random: Random, modules: int = 29, *, code: bool = True) -> bytes:
    """A PNG: black modules on white like a payment code, or coloured stripes."""
    rows = []
    for y in range(modules):
        row = b""
        for x in range(modules):
            corner = (y < 7 and (x < 7 or x >= modules - 7)) or (x < 7 and y >= modules - 7)
            dark = _finder(x, y, modules) if corner else random.random() < 0.5
            row += (
                (b"\x10\x20\x30" if dark else b"\xff\xff\xff") * 6 if code else bytes((40 + x * 6, 90 + y * 4, 160)) * 6
            )
        rows += [b"\0" + row] * 6
    side = modules * 6
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, data) for name, data in ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    )


def body(store: Archive, random: Random, msgtype: str, *, at: float, given: Json, sender: str) -> Json:
    """The body of one message of this type: what is given, the rest made up; media is put on the shelf."""
    if msgtype == "text":
        return {"content": given.get("content") or line(random, from_staff=False)}
    if msgtype in (*MEDIA_TYPES, "voip_doc_share"):
        return _media(store, random, msgtype, at, given)
    made = _made_up(store, random, msgtype, at, sender)
    return {**made, **{name: value for name, value in given.items() if name in made}}


def _made_up(store: Archive, random: Random, msgtype: str, at: float, sender: str) -> Json:
    seconds = int(at)
    image = _media(store, random, "image", at, {})
    text = json.dumps({"content": line(random, from_staff=True)}, ensure_ascii=False)
    inner = json.dumps(image, ensure_ascii=False)
    bodies: dict[str, Json] = {
        "link": {
            "title": "秋季焕新：全屋定制满减",
            "description": "到店享设计师一对一",
            "link_url": "https://shop.example.com/autumn",
            "image_url": "https://shop.example.com/autumn.png",
        },
        "card": {"corpname": "微信联系人", "userid": f"wm{random.randrange(10**12):012d}"},
        "weapp": {
            "title": "我的量房预约",
            "description": "周六上午十点",
            "username": "gh_5f0c9e@app",
            "displayname": "晨禾家居",
            "appid": "wx0123456789abcdef",
            "pagepath": "pages/booking.html",
        },
        "location": {
            "longitude": 121.43,
            "latitude": 31.19,
            "address": "徐汇区漕溪北路 18 号",
            "title": "徐汇店",
            "zoom": 15,
        },
        "chatrecord": {
            "title": "群聊的聊天记录",
            "item": [
                {"type": "ChatRecordText", "msgtime": seconds - 90, "content": text, "from_chatroom": True},
                {"type": "ChatRecordImage", "msgtime": seconds - 60, "content": inner, "from_chatroom": True},
            ],
        },
        "mixed": {"item": [{"type": "text", "content": text}, {"type": "image", "content": inner}]},
        "redpacket": {"type": 1, "wish": "恭喜发财", "totalcnt": 5, "totalamount": 1000},
        "external_redpacket": {"type": 1, "wish": "谢谢支持", "totalcnt": 1, "totalamount": 888},
        "todo": {"title": "客户量房", "content": "周六上午带样板"},
        "vote": {"votetitle": "团建去哪里", "voteitem": ["海边", "山里"], "votetype": 101, "voteid": f"v{seconds}"},
        "collect": {
            "room_name": "徐汇门店会员群",
            "creator": "店长",
            "create_time": "2026-01-05 10:00:00",
            "title": "到店登记",
            "details": [{"id": 1, "ques": "姓名", "type": "Text"}],
        },
        "meeting": {
            "topic": "方案讲解",
            "starttime": seconds,
            "endtime": seconds + 3600,
            "address": "线上",
            "remarks": "",
            "meetingid": 6_000_000_000_000_000_001,
        },
        "meeting_notification": {
            "content": "快速会议 已结束",
            "meeting_id": 6_000_000_000_000_000_001,
            "notification_type": 2,
        },
        "docmsg": {"title": "报价单", "link_url": "https://doc.example.com/d/1", "doc_creator": sender},
        "markdown": {"content": "**今日到店** 12 组"},
        "news": {
            "item": [
                {"title": "新品上市", "description": "藤编系列", "url": "https://shop.example.com/n", "picurl": ""}
            ]
        },
        "calendar": {
            "title": "量房",
            "creatorname": "陈晓明",
            "attendeename": ["王芳"],
            "starttime": seconds,
            "endtime": seconds + 1800,
            "place": "客户家",
            "remarks": "",
        },
        "meeting_voice_call": {
            "endtime": seconds + 60,
            "sdkfileid": store.keep_media(b"#!AMR\n" + random.randbytes(900), at),
        },
        "sphfeed": {"feed_type": 4, "sph_name": "晨禾家居", "feed_desc": "三分钟看懂板材等级"},
        "voiptext": {"callduration": 61, "invitetype": 2},
        "qydiskfile": {"filename": "户型图.pdf", "url": "https://drive.example.com/f/1"},
        "solitaire": {"solitaire_type": 102, "solitaire_content": "#接龙\n周五参加\n\n1. 小张"},
        "note": {"items": [{"msg_type": "text", "content": text}, {"msg_type": "image", "content": inner}]},
        "agree": {"userid": sender, "agree_time": int(at * 1000)},
        "disagree": {"userid": sender, "disagree_time": int(at * 1000)},
    }
    return bodies[msgtype]


def _media(store: Archive, random: Random, msgtype: str, at: float, given: Json) -> Json:
    data = _bytes_of(random, msgtype, given)
    named = {"sdkfileid": store.keep_media(data, at), "md5sum": hashlib.md5(data, usedforsecurity=False).hexdigest()}
    size = len(data)
    fields: dict[str, Json] = {
        "image": {"filesize": size},
        "voice": {"voice_size": size, "play_length": 7},
        "video": {"filesize": size, "play_length": 12},
        "emotion": {"type": 2, "width": 174, "height": 174, "imagesize": size},
        "file": {"filename": "报价单.txt", "fileext": "txt", "filesize": size},
        "voip_doc_share": {"filename": "方案.pdf", "filesize": size},
    }
    extra = {name: value for name, value in given.items() if name in ("filename", "fileext", "play_length", "md5sum")}
    return {**named, **fields[msgtype], **extra}


def _bytes_of(random: Random, msgtype: str, given: Json) -> bytes:
    if isinstance(given.get("size"), int):
        return random.randbytes(min(given["size"], 20 * 2**20))
    if msgtype == "voice":
        return b"#!AMR\n" + random.randbytes(900)
    if msgtype == "video":
        return b"\0\0\0\x18ftypmp42" + random.randbytes(4000)
    if msgtype in ("file", "voip_doc_share"):
        return "报价单\n沙发 6800 元\n安装 0 元\n".encode()
    return picture(random, code=bool(given.get("payment_code")))


def _finder(x: int, y: int, modules: int) -> bool:
    fx = x if x < 7 else x - (modules - 7)
    fy = y if y < 7 else y - (modules - 7)
    ring = max(abs(fx - 3), abs(fy - 3))
    return ring != 2


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
