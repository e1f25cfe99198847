"""Two clients of one site in parallel, each with a wall of their project: no byte of the other's, and no person."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest

from dashboard.site.load import Campaign, Queue, Site
from dashboard.site.types import BoardPages, Grant, Project
from dashboard.site.watch import SiteWatch
from streams.counting_policy import Counting, Projects
from streams.site_time import MINUTE_MS
from streams.store.client import open_redis
from tests import patient_http, signing
from tests.dashboard.partitions import NOON_MS, PARTITIONS, SITE, Partition, call, heartbeat
from tests.dashboard.running import Clock, publishing, serving, streaming
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
ACME, BELL = "acmewares", "bellphone"
NAMES = {
    ACME: ("甲客项目", "Acme Wares", "acmesale", "甲促销", "acmeline", "甲热线"),
    BELL: ("乙客项目", "Bell Phone", "bellsale", "乙促销", "bellline", "乙热线"),
}
"""By project: all texts that are its own."""
STAFF = ("a1", "a2", "b1", "安一", "安二", "白一", "晨曦组", "镜湖组", '"dawn"', '"lake"')
SITE_OF_TWO: Site = replace(
    SITE,
    campaigns=tuple(
        Campaign(names[2], names[3], names[2], "outbound", date(2026, 11, 2), date(2026, 11, 27), None)
        for names in NAMES.values()
    ),
    queues=tuple(Queue(names[4], names[5], names[4]) for names in NAMES.values()),
    projects=tuple(Project(id, names[0], names[1], None, (names[2],), (names[4],), ()) for id, names in NAMES.items()),
    boards=tuple(BoardPages(f"wall-{id}", ("floor", "queues"), project=id) for id in NAMES),
    grants=(
        *signing.GRANTS,
        *(Grant(None, f"client:{id}", f"client:{id}", None, id, None, None) for id in NAMES),
    ),
)
COUNTING = Counting(
    projects=Projects(
        campaigns={names[2]: id for id, names in NAMES.items()}, queues={names[4]: id for id, names in NAMES.items()}
    )
)
CALLS = {ACME: 3, BELL: 5}


def client_of(project: str) -> Any:
    return signing.person(f"client-of-{project[:4]}", f"client:{project}")


@pytest.fixture
def address(redis_url: str) -> Iterator[str]:
    redis: Any = open_redis(redis_url)
    partitions = [Partition(redis, at, counting=COUNTING) for at in range(PARTITIONS)]
    for id, names in NAMES.items():
        sold = [call("a1", f"{id}-{n}", NOON_MS - n * MINUTE_MS, campaign=names[2]) for n in range(1, CALLS[id])]
        asked = call("a2", f"{id}-q", NOON_MS - MINUTE_MS, queue=names[4], direction="inbound")
        partitions[0].write(*sold, asked)
    for each in partitions:
        each.write(heartbeat(NOON_MS - 200))
    with publishing(redis_url, Clock(), SITE_OF_TWO), serving(redis_url, watch=SiteWatch.fixed(SITE_OF_TWO)) as address:
        yield address
    redis.close()


def get(address: str, path: str, project: str) -> httpx.Response:
    answer: httpx.Response = patient_http.get(f"{address}{path}", who=client_of(project))
    return answer


def snapshot(address: str, topic: str, project: str) -> dict[str, Any]:
    """The snapshot of a topic, waited for."""
    path = f"/snapshot?topic={topic}"
    wait_until(lambda: get(address, path, project).status_code == 200, PATIENCE_S, topic)
    found: dict[str, Any] = get(address, path, project).json()
    return found


def read_all(address: str, project: str) -> list[str]:
    """Every byte that a client can come by: pages, their content, snapshots, streams."""
    topics = (f"project:{project}", f"wall:wall-{project}", "line")
    for topic in topics:
        snapshot(address, topic, project)
    found = [get(address, f"/snapshot?topic={topic}", project).text for topic in topics for _ in range(20)]
    for path in ("/", "/campaigns", f"/wall/wall-{project}", "/session.json", "/flags", "/appeals", "/nothing"):
        found.append(get(address, path, project).text)
    for path in ("/campaigns", f"/campaigns/{project}", f"/wall/wall-{project}"):
        found.append(json.dumps(content(address, path, client_of(project)), ensure_ascii=False))
        assert "data-topic" in found[-1]
    with streaming(address, f"project:{project}", client_of(project)) as events:
        found += [json.dumps(next(events).data, ensure_ascii=False) for _ in range(3)]
    return found


def content(address: str, path: str, who: Any) -> Any:
    """The content of a page, as the page asks for it; None where there is none for them."""
    body = {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "inputs": [
            {"id": "address", "property": "pathname", "value": path},
            {"id": "address", "property": "search", "value": ""},
        ],
        "changedPropIds": ["address.pathname"],
    }
    answer = patient_http.post(f"{address}/_dash-update-component", json=body, who=who)
    assert answer.status_code == 200
    return answer.json()["response"]["page"]["children"]


def test_two_clients_in_parallel_get_no_byte_of_each_other_and_of_nobody(address: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        acme, bell = pool.map(lambda project: read_all(address, project), (ACME, BELL))
    for own, other, texts in ((ACME, BELL, acme), (BELL, ACME, bell)):
        together = "\n".join(texts)
        assert all(name in together for name in NAMES[own][2:4])
        foreign = (*NAMES[other], other, *STAFF)
        # A build's fingerprint or a script's may spell an id by chance: ids count as whole words.
        assert [name for name in foreign if re.search(rf"(?<![\w/.-]){re.escape(name)}(?![\w.-])", together)] == []


def test_a_project_has_its_own_sums_campaigns_and_queues(address: str) -> None:
    for project, names in NAMES.items():
        found = snapshot(address, f"project:{project}", project)
        assert (found["project"]["id"], found["project"]["handled"]) == (project, CALLS[project])
        assert [each["id"] for each in found["campaigns"]] == [names[2]]
        assert [each["id"] for each in found["queues"]] == [names[4]]
        wall = get(address, f"/snapshot?topic=wall:wall-{project}", project).json()
        assert {name: wall[name] for name in ("project", "campaigns", "queues")} == {
            name: found[name] for name in ("project", "campaigns", "queues")
        }


def test_a_client_of_several_projects_chooses_among_them(address: str) -> None:
    both = signing.person("client-of-both", *(f"client:{id}" for id in NAMES))
    for path, shown in (("/campaigns", ACME), *((f"/campaigns/{id}", id) for id in NAMES)):
        drawn = json.dumps(content(address, path, both))
        assert f'"data-topic": "project:{shown}"' in drawn
        for id in NAMES:
            assert (f'"/campaigns/{id}?lang=zh&theme=light", "aria-current": "page"' in drawn) == (id == shown)
        assert patient_http.get(f"{address}{path}", who=both).status_code == 200
    alone = json.dumps(content(address, f"/campaigns/{ACME}", client_of(ACME)))
    assert "/campaigns/" + BELL not in alone and "aria-current" not in alone
    assert get(address, f"/campaigns/{BELL}", ACME).status_code == 404
    assert content(address, f"/campaigns/{BELL}", client_of(ACME)) is None


def test_a_client_asks_for_anything_else_in_vain(address: str) -> None:
    topics = (f"project:{BELL}", f"wall:wall-{BELL}", "wall:main", "floor", "rollup", "rollup:dawn", "team:dawn",
              "team:~everyone", "evidence:dawn", "curves:dawn")  # fmt: skip
    assert {topic: get(address, f"/snapshot?topic={topic}", ACME).status_code for topic in topics} == dict.fromkeys(
        topics, 404
    )
    assert {topic: get(address, f"/stream?topic={topic}", ACME).status_code for topic in topics} == dict.fromkeys(
        topics, 404
    )
    pages = (f"/wall/wall-{BELL}", "/wall/main", "/team/dawn", "/rollup", "/me", "/health", "/displays", "/health.json",
             "/displays.json", "/explain?agent=a1", "/curve?agent=a1", "/me.json")  # fmt: skip
    assert {path: get(address, path, ACME).status_code for path in pages} == dict.fromkeys(pages, 404)
    assert (
        get(address, "/flags", ACME).json()["flags"] == [] if get(address, "/flags", ACME).status_code == 200 else True
    )


def test_on_a_project_of_few_nothing_is_shown(redis_url: str) -> None:
    site = replace(SITE_OF_TWO, works_council="teams")
    with publishing(redis_url, Clock(), site), serving(redis_url, watch=SiteWatch.fixed(site)) as address:
        found = snapshot(address, f"project:{ACME}", ACME)
        assert (found["project"]["reason"], found["project"]["handled"]) == ("small_team", None)
        assert (found["campaigns"], found["queues"]) == ([], [])
