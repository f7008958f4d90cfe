"""The simulated archive is as strict as WeCom's: seq, window, pages, keys, media, consent, the REST side."""

import base64
import itertools
import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from scrm.wecom.client.archive_sealing import decrypt_simulated
from scrm.wecom.client.archive_simulated import SimulatedArchive
from scrm.wecom.corp_archive import ArchiveCredentials
from scrm.wecom.port.archive import ArchiveRefused, Envelope
from tests.support import simulated
from tests.support.simulated import Json, Simulator

CORP = "wwarchive00000001"


@pytest.fixture(scope="module")
def world() -> Iterator[Simulator]:
    with simulated.running() as found:
        yield found


@pytest.fixture
def sim(world: Simulator) -> Simulator:
    world.misfortunes()
    world.create_corp(CORP, archive=True, population={"staff": 4, "customers": 10, "groups": 1, "seed": 2})
    return world


@pytest.fixture
def archive(sim: Simulator) -> SimulatedArchive:
    return SimulatedArchive(_credentials(sim))


def _credentials(sim: Simulator, secret: str = "") -> ArchiveCredentials:
    file = sim.corp_file(CORP)["archive"]
    return ArchiveCredentials(
        corp_id=CORP, api_base=sim.address, secret=secret or file["secret"], library="", proxy="", private_keys={}
    )


def _pair(sim: Simulator) -> tuple[str, str]:
    items = sim.call("GET", f"/corps/{CORP}/relations")["items"]
    row = next(item for item in items if item["status"] == "following")
    return row["userid"], row["external_userid"]


def _say(sim: Simulator, **values: object) -> Json:
    userid, customer = _pair(sim)
    return sim.act(CORP, "send_message", **{"sender": userid, "receiver": customer, **values})


def _open(sim: Simulator, row: Envelope) -> Json:
    keys = {key["version"]: key["private_key"] for key in sim.corp_file(CORP)["archive"]["keys"]}
    private = load_pem_private_key(keys[row.publickey_ver].encode(), password=None)
    assert isinstance(private, RSAPrivateKey)
    key = private.decrypt(base64.b64decode(row.encrypt_random_key), padding.PKCS1v15()).decode()
    assert len(key) == 88
    message: Json = json.loads(decrypt_simulated(key, row.encrypt_chat_msg))
    return message


def test_message_is_wrapped_by_rsa_and_opens_with_the_private_key(sim: Simulator, archive: SimulatedArchive) -> None:
    said = _say(sim, content="合同已寄出")
    (row,) = archive.get_chat_data(seq=0, limit=1000)
    assert len(row.encrypt_random_key) == 344
    message = _open(sim, row)
    assert message["text"] == {"content": "合同已寄出"}
    assert message["msgid"] == row.msgid == said["msgid"]
    assert row.msgid.endswith("_external")


def test_seq_grows_and_pages_begin_after_it(sim: Simulator, archive: SimulatedArchive) -> None:
    for number in range(7):
        _say(sim, content=str(number))
    whole = [row.seq for row in archive.get_chat_data(seq=0, limit=1000)]
    assert whole == sorted(set(whole))
    assert len(whole) == 7
    assert [row.seq for row in archive.get_chat_data(seq=whole[2], limit=2)] == whole[3:5]
    assert archive.get_chat_data(seq=whole[-1], limit=1000) == []


@pytest.mark.parametrize(("seq", "limit"), [(0, 0), (0, 1001), (-1, 10), (2**64, 10)])
def test_bad_parameters_are_refused(archive: SimulatedArchive, seq: int, limit: int) -> None:
    with pytest.raises(ArchiveRefused, match="10000"):
        archive.get_chat_data(seq=seq, limit=limit)


def test_wrong_secret_and_other_failures_are_told_on_both_levels(sim: Simulator, archive: SimulatedArchive) -> None:
    with pytest.raises(ArchiveRefused, match="40001"):
        SimulatedArchive(_credentials(sim, "another")).get_chat_data(seq=0, limit=1)
    sim.misfortunes(
        {"match": "archive/chatdata", "kind": "sdk", "errcode": 10009, "next": 1},
        {"match": "archive/chatdata", "kind": "errcode", "errcode": 301052, "next": 1},
    )
    with pytest.raises(ArchiveRefused, match="10009"):
        archive.get_chat_data(seq=0, limit=1)
    with pytest.raises(ArchiveRefused, match="301052"):
        archive.get_chat_data(seq=0, limit=1)


def test_after_five_days_messages_and_media_are_gone_without_a_word(sim: Simulator, archive: SimulatedArchive) -> None:
    file = _say(sim, msgtype="file")["file"]
    sim.call("PUT", f"/corps/{CORP}/habits", {"archive_ahead_seconds": 5 * 86_400 + 60})
    _say(sim, content="很久以后", seconds_ago=-5 * 86_400 - 60)
    assert len(archive.get_chat_data(seq=0, limit=1000)) == 1
    with pytest.raises(ArchiveRefused, match="10010"):
        archive.get_media_data(index_buf="", sdkfileid=file["sdkfileid"])


def test_page_that_is_too_large_passes_with_a_smaller_limit(sim: Simulator, archive: SimulatedArchive) -> None:
    for _ in range(4):
        _say(sim)
    sim.call("PUT", f"/corps/{CORP}/habits", {"archive_page_bytes": 3_000})
    with pytest.raises(ArchiveRefused, match="301058"):
        archive.get_chat_data(seq=0, limit=1000)
    assert len(archive.get_chat_data(seq=0, limit=2)) == 2


def test_media_comes_in_chunks_by_index(sim: Simulator, archive: SimulatedArchive) -> None:
    image = _say(sim, msgtype="image", size=1_200_000)["image"]
    first = archive.get_media_data(index_buf="", sdkfileid=image["sdkfileid"])
    assert (len(first.data), first.next_index, first.is_finish) == (524_288, "Range:bytes=524288-1048575", False)
    second = archive.get_media_data(index_buf=first.next_index, sdkfileid=image["sdkfileid"])
    third = archive.get_media_data(index_buf=second.next_index, sdkfileid=image["sdkfileid"])
    assert third.is_finish
    assert len(first.data + second.data + third.data) == image["filesize"] == 1_200_000
    for index, sdkfileid, code in (("Range:bytes=5-9", image["sdkfileid"], "10000"), ("", "nothing", "10005")):
        with pytest.raises(ArchiveRefused, match=code):
            archive.get_media_data(index_buf=index, sdkfileid=sdkfileid)


def test_misfortunes_repeat_cut_and_turn_back_pages(sim: Simulator, archive: SimulatedArchive) -> None:
    for _ in range(6):
        _say(sim)
    first = [row.seq for row in archive.get_chat_data(seq=0, limit=3)]
    sim.misfortunes({"match": "archive/chatdata", "kind": "repeat", "next": 1})
    assert [row.seq for row in archive.get_chat_data(seq=first[-1], limit=3)] == first
    archive.get_chat_data(seq=first[-1], limit=3)
    sim.misfortunes({"match": "archive/chatdata", "kind": "repeat", "next": 1})
    repeated = [row.seq for row in archive.get_chat_data(seq=first[-1], limit=3)]
    assert repeated == first, "what another reader was served ahead is no repetition, it is a gap"
    sim.misfortunes({"match": "archive/chatdata", "kind": "cut", "count": 2, "next": 1})
    assert len(archive.get_chat_data(seq=first[-1], limit=3)) == 2
    sim.misfortunes({"match": "archive/chatdata", "kind": "back", "next": 1})
    turned = [row.seq for row in archive.get_chat_data(seq=first[0], limit=2)]
    assert turned[-1] < turned[-2]


def test_new_key_is_used_for_new_messages_alone(sim: Simulator, archive: SimulatedArchive) -> None:
    _say(sim)
    assert sim.act(CORP, "rotate_archive_key", withheld=True) == {"version": 2}
    _say(sim)
    assert [row.publickey_ver for row in archive.get_chat_data(seq=0, limit=9)] == [1, 2]
    assert [key["version"] for key in sim.corp_file(CORP)["archive"]["keys"]] == [1]
    sim.act(CORP, "find_archive_key", version=2)
    assert [key["version"] for key in sim.corp_file(CORP)["archive"]["keys"]] == [1, 2]


def test_recall_adds_a_record_and_leaves_the_original(sim: Simulator, archive: SimulatedArchive) -> None:
    said = _say(sim, content="发错了")
    sim.act(CORP, "recall_message", msgid=said["msgid"])
    original, recall = [_open(sim, row) for row in archive.get_chat_data(seq=0, limit=9)]
    assert original["text"]["content"] == "发错了"
    assert (recall["action"], recall["revoke"]) == ("recall", {"pre_msgid": said["msgid"]})


def test_who_declines_is_archived_no_more(sim: Simulator, archive: SimulatedArchive) -> None:
    userid, customer = _pair(sim)
    sim.act(CORP, "refuse_archive", userid=userid, external_userid=customer)
    assert sim.act(CORP, "send_message", sender=customer, receiver=userid)["archived"] is False
    assert sim.act(CORP, "send_message", sender=userid, receiver=customer)["archived"] is True
    kinds = [_open(sim, row)["msgtype"] for row in archive.get_chat_data(seq=0, limit=9)]
    assert kinds == ["disagree", "text"]


def test_every_message_type_can_be_said(sim: Simulator, archive: SimulatedArchive) -> None:
    from simulator.chatter import BODY_KEY, TYPES

    for msgtype in TYPES:
        _say(sim, msgtype=msgtype)
    for row, msgtype in zip(archive.get_chat_data(seq=0, limit=99), TYPES, strict=True):
        message = _open(sim, row)
        assert message["msgtype"] == msgtype
        assert msgtype == "vote" or BODY_KEY.get(msgtype, msgtype) in message


def test_many_messages_are_made_at_once_with_gaps_and_poison(sim: Simulator, archive: SimulatedArchive) -> None:
    made = sim.act(CORP, "fill_archive", count=1500, seed=3, poison=5, gaps=2)
    rows = archive.get_chat_data(seq=0, limit=1000)
    rows += archive.get_chat_data(seq=rows[-1].seq, limit=1000)
    assert len({row.msgid for row in rows}) == 1500
    assert made["last_seq"] == str(rows[-1].seq)
    jumps = [later.seq - earlier.seq for earlier, later in itertools.pairwise(rows)]
    assert sum(jump > 100_000 for jump in jumps) == 2
    assert len(sim.call("GET", f"/corps/{CORP}/archive")["poisoned"]) == 5


def test_rest_side_needs_the_archive_secret(sim: Simulator) -> None:
    def ask(secret: str, path: str, body: Json) -> Json:
        query = {"corpid": CORP, "corpsecret": secret}
        token = sim.http.get(f"{sim.address}/cgi-bin/gettoken", params=query).json()["access_token"]
        answer: Json = sim.http.post(f"{sim.address}/cgi-bin/{path}", params={"access_token": token}, json=body).json()
        return answer

    file = sim.corp_file(CORP)
    secret, other = file["archive"]["secret"], file["apps"][0]["secret"]
    userid, customer = _pair(sim)
    assert userid in ask(secret, "msgaudit/get_permit_user_list", {})["ids"]
    assert ask(other, "msgaudit/get_permit_user_list", {})["errcode"] == 48002
    assert ask(secret, "externalcontact/get_follow_user_list", {})["errcode"] in {48002, 40058}
    pair = {"userid": userid, "exteranalopenid": customer}
    (row,) = ask(secret, "msgaudit/check_single_agree", {"info": [pair]})["agreeinfo"]
    assert row["agree_status"] == "Agree"
    assert ask(secret, "msgaudit/check_single_agree", {"info": [pair] * 101})["errcode"] == 301060
    staff = sim.call("GET", f"/corps/{CORP}/state")["staff"]
    room = sim.act(CORP, "open_room", name="内部群", members=[staff[0]["userid"], staff[1]["userid"]])
    assert ask(secret, "msgaudit/groupchat/get", {"roomid": room["chat_id"]})["roomname"] == "内部群"
    group = sim.call("GET", f"/corps/{CORP}/state")["groups"][0]["chat_id"]
    assert ask(secret, "msgaudit/groupchat/get", {"roomid": group})["errcode"] == 301059
