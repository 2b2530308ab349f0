"""`expand[]`: what is named by its id comes beside it, by the same rule as when it is asked for by itself."""

from interfaces.door import now
from interfaces.scene.document_parts import operations
from interfaces.scene.expansion import ADDRESSES, PARAMETER
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.conformance import document
from interfaces.scene.tests.one_of_each import one_of_each
from testkit.scenes import open_scene

EXPANDING = [
    (path, names[0])
    for path, _, operation in operations(document())
    if (
        names := [
            one["schema"]["items"]["enum"]
            for one in operation.get("parameters", ())
            if one["name"] == PARAMETER
        ]
    )
]
FIRST = {"agreements": "agr", "applications": "app", "consents": "cns", "credit_lines": "lin"}
FIRST |= {
    "drawdowns": "drw",
    "loans": "lon",
    "offers": "ofr",
    "repayments": "rpy",
    "prequalifications": "pql",
    "service_requests": "srq",
}


def with_query(address: str, query: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{query}"


def test_everything_that_can_be_expanded_is_what_its_own_call_answers(committed: Caller) -> None:
    own = one_of_each(committed)
    stranger = Caller(open_scene("shidao", banks=["qinglan"], uscc="92331002MA00000QX0"))
    found = set()
    for path, names in EXPANDING:
        kind = path.split("/")[2]
        address = path.removeprefix("/v1").partition("/{")[0]
        if "{" in path:
            address += f"/{own[FIRST[kind]]}"
        elif kind == "consents":
            address += f"?business={own['biz']}"
        query = "&".join(f"{PARAMETER}={name}" for name in names)
        answer = committed.get(with_query(address, query))
        for row in answer.get("data", [answer]):
            assert set(row["expanded"]) == set(names), path
            for name, one in row["expanded"].items():
                assert (None if one is None else one["id"]) == row[name], (path, name)
                assert one is None or "expanded" not in one, "one step deep"
                found |= set() if one is None else {name}
        for wrong in (f"{PARAMETER}=bank", f"{query}&{PARAMETER}={names[0]}"):
            committed.refused("GET", with_query(address, wrong), 400, "parameter_invalid")
        if "{" in path:
            assert stranger.call("GET", with_query(address, query)).status_code == 404
    assert found == set(ADDRESSES) - {"offer"}  # nobody here applied for one
    for name, address in (
        ("business", f"/businesses/{own['biz']}"),
        ("drawdown", f"/drawdowns/{own['drw']}"),
    ):
        answer = committed.get(f"/loans/{own['lon']}?{PARAMETER}={name}")
        assert answer["expanded"][name] == committed.get(address)
    token = committed.access.token("qinglan", now=now(), scopes=("loans:read",))
    narrow = Caller(committed.access, token=token)
    narrow.refused("GET", f"/loans/{own['lon']}?{PARAMETER}=business", 403, "scope_insufficient")
    assert narrow.get(f"/loans/{own['lon']}?{PARAMETER}=drawdown")["expanded"]["drawdown"]["id"] == own["drw"]
