"""The control API, misfortunes, the ledger, the demo and the memory of a killed simulator."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
import yaml

from simulator import demo
from simulator import spec as specs
from simulator.control import add_corp
from simulator.journal import Journal
from simulator.state import Simulator
from tests.simulator.conftest import CORP, Caller

Make = Callable[..., str]


def start(tmp_path: Path) -> tuple[subprocess.Popen[str], Caller]:
    command = [sys.executable, "-m", "simulator", "--demo", "--journal", str(tmp_path / "world.jsonl")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().split()[1]
    return process, Caller(url, demo.CORP_ID)


def test_the_corp_file_is_what_apply_takes(sim: Caller) -> None:
    file = yaml.safe_load(requests.get(f"{sim.url}/_sim/corps/{CORP}/corp.yaml", timeout=5).text)
    assert file["corp_id"] == CORP and file["api_base"] == sim.url and file["name"] == "测试公司"
    customer, _, contacts = file["apps"]
    assert customer["key"] == "customer" and customer["agent_id"] == 1000002 and len(customer["aes_key"]) == 43
    assert contacts["kind"] == "contact_sync" and "agent_id" not in contacts


def test_control_is_closed_to_other_hosts_and_other_bodies(sim: Caller) -> None:
    url = f"{sim.url}/_sim/corps"
    assert requests.get(url, headers={"Host": "evil.example"}, timeout=5).status_code == 403
    assert (
        requests.post(url, data='{"corp_id":"x"}', headers={"Content-Type": "text/plain"}, timeout=5).status_code == 400
    )


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        ("fly", {}),
        ("add_contact", {"userid": "nobody"}),
        ("add_contact", {"userid": "carl"}),
        ("add_contact", {"userid": 5}),
        ("delete_contact", {"userid": "bob", "external_userid": "wm0"}),
        ("delete_department", {"id": 1}),
    ],
)
def test_an_impossible_action_is_one_sentence(sim: Caller, verb: str, values: dict[str, object]) -> None:
    answer = sim.control("POST", f"corps/{CORP}/actions/{verb}", values, status=400)
    assert isinstance(answer["error"], str) and answer["error"]


def test_state_finds_and_pages_customers(sim: Caller, customer: Make) -> None:
    customer("bob", name="梅女士")
    customer("Anna.Li", name="张先生")
    state = sim.control("GET", f"corps/{CORP}/state?q=梅")
    assert [row["name"] for row in state["customers"]["items"]] == ["梅女士"]
    assert state["counts"]["customers"] == 2
    page = sim.control("GET", f"corps/{CORP}/state?limit=1&offset=1")["customers"]
    assert page["total"] == 2 and len(page["items"]) == 1
    assert {row["userid"]: row["customers"] for row in state["staff"]} == {"Anna.Li": 1, "bob": 1, "carl": 0}


def test_errcode_and_502_strike_before_the_call(sim: Caller) -> None:
    rules = [
        {"match": "user/get", "kind": "errcode", "errcode": 45033, "next": 1},
        {"match": "user/get", "kind": "html502", "next": 1},
    ]
    sim.control("PUT", "misfortunes", {"rules": rules})
    assert sim.get("user/get", userid="bob")["errcode"] == 45033
    broken = requests.get(
        f"{sim.url}/cgi-bin/user/get", params={"access_token": sim.token(), "userid": "bob"}, timeout=5
    )
    assert broken.status_code == 502 and "<html>" in broken.text
    assert sim.get("user/get", userid="bob")["errcode"] == 0
    assert len(sim.ledger("user/get")) == 1


@pytest.mark.parametrize(("kind", "accepted"), [("timeout_before", 0), ("timeout_after", 1), ("half_body", 1)])
def test_broken_answers_do_or_do_not_follow_acceptance(sim: Caller, kind: str, accepted: int) -> None:
    rule = {"match": "externalcontact/add_corp_tag", "kind": kind, "seconds": 0.1, "next": 1}
    sim.control("PUT", "misfortunes", {"rules": [rule]})
    with pytest.raises(requests.RequestException):
        sim.post("externalcontact/add_corp_tag", {"group_name": "甲", "tag": [{"name": "一"}]})
    assert len(sim.ledger("externalcontact/add_corp_tag")) == accepted
    assert len(sim.post("externalcontact/get_corp_tag_list", {})["tag_group"]) == accepted


def test_a_seed_repeats_the_misfortunes(sim: Caller) -> None:
    rule = {"match": "getcallbackip", "kind": "errcode", "errcode": -1, "probability": 0.5}

    def run(seed: int) -> list[int]:
        sim.control("PUT", "misfortunes", {"seed": seed, "rules": [rule]})
        return [sim.get("getcallbackip")["errcode"] for _ in range(20)]

    assert run(5) == run(5) != run(6)
    bad = sim.control("PUT", "misfortunes", {"rules": [{"match": "*", "kind": "earthquake"}]}, status=400)
    assert "kind must be" in bad["error"]


def test_the_ledger_holds_accepted_calls_in_order(sim: Caller) -> None:
    sim.get("user/get", userid="bob")
    sim.get("user/get", userid="nobody")
    rows = sim.ledger()
    assert [row["method"] for row in rows] == ["gettoken", "user/get"]
    assert rows[1]["args"] == {"userid": "bob"} and rows[1]["app"] == "customer"
    everything = sim.control("GET", f"corps/{CORP}/ledger?refused=1&after={rows[1]['seq']}")["items"]
    assert [row["errcode"] for row in everything] == [60111]


def test_limits_can_be_made_tight(sim: Caller) -> None:
    sim.create(habits={"per_minute": 2})
    assert [sim.get("getcallbackip")["errcode"] for _ in range(3)] == [0, 0, 45009]


def test_the_demo_is_the_same_every_time_and_looks_lived_in() -> None:
    epoch = 1_790_000_000.0
    one, two = (specs.build(specs.complete(demo.spec()), epoch) for _ in range(2))
    assert one.follows == two.follows and one.groups == two.groups
    assert len(one.customers) == 2000 and len(one.groups) == 40 and len(one.staff) == 31
    wecom = sum(1 for row in one.customers.values() if row.type == 2) / 2000
    assert 0.27 < wecom < 0.33
    shared = sum(1 for rows in one.followers.values() if len(rows) == 2) / 2000
    assert 0.12 < shared < 0.18
    ages = [(epoch - row.createtime) / 86_400 for row in one.follows.values()]
    assert min(ages) > 0 and max(ages) < 91
    assert sum(1 for age in ages if age < 30) > 1.3 * sum(1 for age in ages if age > 60)
    assert all(len(row.remark) <= 20 and len(row.description) <= 150 for row in one.follows.values())
    assert all(6 <= len(row.members) <= 62 for row in one.groups.values())


def test_a_killed_simulator_comes_back_with_the_visitors_changes(tmp_path: Path) -> None:
    process, sim = start(tmp_path)
    try:
        assert sim.control("GET", "health")["ok"]
        made = sim.act("add_contact", userid="chenxiaoming", name="回头客")["external_userid"]
        sim.act("resign", userid="wangfang")
        sim.control("POST", "corps", {"corp_id": "wwother", "population": {"staff": 2, "customers": 3}})
        before = sim.control("GET", f"corps/{demo.CORP_ID}/relations")["items"]
        process.send_signal(signal.SIGKILL)
        process.wait()
        with (tmp_path / "world.jsonl").open("a") as journal:
            journal.write('{"corp": "half a li')
        process, sim = start(tmp_path)
        assert sim.control("GET", f"corps/{demo.CORP_ID}/relations")["items"] == before
        found = sim.control("GET", f"corps/{demo.CORP_ID}/state?q={made}")
        assert found["customers"]["items"][0]["name"] == "回头客"
        assert not next(row for row in found["staff"] if row["userid"] == "wangfang")["in_service"]
        assert {row["corp_id"] for row in sim.control("GET", "corps")["items"]} == {demo.CORP_ID, "wwother"}
    finally:
        process.terminate()
        assert process.wait(timeout=5) == 0


def test_a_long_journal_shrinks_to_the_last_word_on_each_record(tmp_path: Path) -> None:
    path = tmp_path / "world.jsonl"
    sim, corp = Simulator(), "wwlong"
    journal = Journal(path, compact_lines=50)
    journal.open(sim)
    add_corp(sim, {"corp_id": corp, "population": {"staff": 2, "customers": 5, "groups": 1}})
    row = next(iter(sim.corps[corp].follows.values()))
    for number in range(500):
        row.remark = f"备注{number}"
        sim.corps[corp].put(row)
    journal.close()
    assert len(path.read_text().splitlines()) < 110
    again = Simulator()
    Journal(path).open(again)
    assert again.corps[corp].follows == sim.corps[corp].follows
    assert again.corps[corp].follows[row.row_key].remark == "备注499"


def test_a_taken_port_is_one_sentence_and_exit_2(sim: Caller) -> None:
    port = sim.url.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "simulator", "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, env={**os.environ})
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1


def test_the_trickle_makes_events(sim: Caller) -> None:
    sim.create(population={"staff": 3, "customers": 10, "groups": 2, "seed": 2})
    before = sim.control("GET", f"corps/{CORP}/relations")["items"]
    sim.control("POST", "trickle", {"on": True, "per_minute": 3000, "corp_id": CORP})
    time.sleep(1)
    sim.control("POST", "trickle", {"on": False})
    assert sim.control("GET", f"corps/{CORP}/relations")["items"] != before
