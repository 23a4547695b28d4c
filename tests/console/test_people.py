"""Users, tokens and the audit in the pages of admins."""

from __future__ import annotations

import pytest

from tests.console.conftest import House


def secret(page: str) -> str:
    return page.partition('<code id="secret">')[2].partition("<")[0]


def test_a_user_is_added_logs_in_and_is_removed(house: House) -> None:
    root = house.client("root")
    page = root.post("/console/users/add", name="新人", role="operations", skills="退货，物流").text
    password = secret(page)
    assert len(password) >= 16
    assert house.client().login("新人", password).status_code == 303
    user = house.desk.memory.users.named("新人")
    assert user is not None
    assert (user.role, user.skills) == ("operations", ("退货", "物流"))
    reset = secret(root.post("/console/users/password", name="新人").text)
    assert house.client().login("新人", password).status_code == 401
    assert house.client().login("新人", reset).status_code == 303
    assert root.post("/console/users/remove", name="新人").status_code == 200
    assert house.client().login("新人", reset).status_code == 401
    told = [(deed.who, deed.about) for _, deed in house.desk.memory.audit.lines(what="users")]
    assert told == [("root", "remove 新人"), ("root", "password 新人"), ("root", "add 新人")]
    assert password not in root.get("/console/users").text


@pytest.mark.parametrize(
    ("action", "form"),
    [
        ("add", {"name": "ann", "role": "agent"}),
        ("add", {"name": "x", "role": "agent"}),
        ("add", {"name": "<script>", "role": "agent"}),
        ("add", {"name": "new", "role": "root"}),
        ("remove", {"name": "nobody"}),
        ("remove", {"name": "root"}),
        ("change", {"name": "root", "role": "agent"}),
        ("token/remove", {"number": "99"}),
        ("token/remove", {"number": "x"}),
    ],
)
def test_what_cannot_be_done_is_told(house: House, action: str, form: dict[str, str]) -> None:
    assert house.client("root").post(f"/console/users/{action}", **form).status_code == 400
    assert {user.name for user in house.desk.memory.users.listed()} == {"ann", "ops", "root"}


def test_an_admin_who_is_not_the_last_may_become_something_else(house: House) -> None:
    root = house.client("root")
    assert root.post("/console/users/change", name="ops", role="admin").status_code == 200
    assert root.post("/console/users/change", name="root", role="agent").status_code == 200
    assert root.get("/console/users").status_code == 403


def test_a_token_is_shown_once_and_taken_away(house: House) -> None:
    root = house.client("root")
    token = secret(root.post("/console/users/token", name="ops", label="报表").text)
    assert token.startswith("vb_")
    user = house.desk.memory.entrance.bearer(token, house.time[0])
    assert user is not None
    assert user.name == "ops"
    assert token not in root.get("/console/users").text
    (one,) = house.desk.memory.entrance.tokens()
    root.post("/console/users/token/remove", number=str(one.id))
    assert house.desk.memory.entrance.bearer(token, house.time[0]) is None


def test_the_audit_is_shown_filtered_and_escaped(house: House) -> None:
    house.client().login("<b>x", "wrong")
    root = house.client("root")
    for number in range(120):
        root.post("/console/users/add", name=f"user{number}", role="agent") if number < 2 else None
    page = root.get("/console/audit").text
    assert "用户管理" in page
    assert "登录失败" in page
    assert "<b>x" not in page
    only = root.get("/console/audit?what=users&who=root").text
    assert only.count("用户管理</td>") == 2
    assert root.get("/console/audit?before=99999999999999999999999").status_code == 200
