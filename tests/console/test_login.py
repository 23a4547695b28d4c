"""Logging in: sessions, fixation, forged requests, guessing, and the way back."""

from __future__ import annotations

import pytest

from tests.console.conftest import BASE, PASSWORD, House, hidden
from voicebot.console.gate import COOKIE


def test_nobody_gets_in_without_a_session(house: House) -> None:
    answer = house.client().get("/console/password")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/login?to=/console/password")


def test_after_the_login_one_is_where_one_wanted_to_be(house: House) -> None:
    answer = house.client().login("ann", to="/console/password")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/password")


@pytest.mark.parametrize(
    "to",
    ["https://evil.example", "//evil.example", "/console//evil", "/console\\evil", "/other", "/console/../x"],
)
def test_the_login_leads_nowhere_else(house: House, to: str) -> None:
    assert house.client().login("ann", to=to).headers["location"] == "/console/tickets"


def test_a_session_that_was_planted_is_worth_nothing(house: House) -> None:
    browser = house.client()
    browser.http.cookies.set(COOKIE, "planted", domain="console.test", path="/")
    browser.login("ann")
    assert browser.http.cookies.get(COOKIE, domain="console.test", path="/") != "planted"
    other = house.client()
    other.http.cookies.set(COOKIE, "planted")
    assert other.get("/console/password").status_code == 303


def test_a_new_login_ends_the_session_before(house: House) -> None:
    browser, thief = house.client("ann"), house.client()
    thief.http.cookies.set(COOKIE, browser.http.cookies[COOKIE])
    assert thief.get("/console/password").status_code == 200
    browser.login("ann")
    assert thief.get("/console/password").status_code == 303


def test_logging_out_ends_the_session(house: House) -> None:
    browser, thief = house.client("ann"), house.client()
    thief.http.cookies.set(COOKIE, browser.http.cookies[COOKIE])
    assert browser.post("/console/logout").status_code == 303
    assert thief.get("/console/password").status_code == 303


def test_a_session_that_is_not_used_ends(house: House) -> None:
    browser = house.client("ann")
    for _ in range(3):
        house.later(hours=1, minutes=50)
        assert browser.get("/console/password").status_code == 200
    house.later(hours=2, minutes=1)
    assert browser.get("/console/password").status_code == 303


def test_a_session_does_not_last_for_ever(house: House) -> None:
    browser = house.client("ann")
    for _ in range(7):
        house.later(hours=1, minutes=40)
        assert browser.get("/console/password").status_code == 200
    house.later(minutes=30)
    assert browser.get("/console/password").status_code == 303


@pytest.mark.parametrize("csrf", ["", "guess"])
def test_a_form_without_its_token_changes_nothing(house: House, csrf: str) -> None:
    browser = house.client("ann")
    assert browser.send("/console/logout", {"csrf": csrf}).status_code == 403
    assert browser.get("/console/password").status_code == 200


def test_the_token_of_another_session_is_worth_nothing(house: House) -> None:
    browser, other = house.client("ann"), house.client("ops")
    csrf = hidden(other.get("/console/password").text, "csrf")
    assert browser.send("/console/logout", {"csrf": csrf}).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://console.test.evil.example"])
def test_a_form_of_another_page_is_refused_even_with_the_token(house: House, origin: str) -> None:
    browser = house.client("ann")
    csrf = hidden(browser.get("/console/password").text, "csrf")
    answer = browser.send("/console/logout", {"csrf": csrf}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert browser.send("/console/logout", {"csrf": csrf}, headers={"Origin": BASE}).status_code == 303


def test_nobody_is_logged_in_by_another_page(house: House) -> None:
    browser = house.client()
    form = {"name": "ann", "password": PASSWORD, "before": "guess"}
    assert browser.send("/console/login", form).status_code == 403
    browser.get("/console/login")
    assert browser.send("/console/login", form).status_code == 403
    assert COOKIE not in browser.http.cookies


def test_who_guesses_must_wait_even_with_the_right_password(house: House) -> None:
    browser = house.client()
    for _ in range(5):
        assert browser.login("ann", "wrong").status_code == 401
    answer = browser.login("ann")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert browser.login("ops").status_code == 303
    house.later(minutes=6)
    assert house.client().login("ann").status_code == 303


def test_guessing_from_elsewhere_does_not_lock_the_owner_out_until_it_is_much(house: House) -> None:
    def guess(place: int) -> int:
        stranger = house.client(address=f"10.0.0.{place}")
        return [stranger.login("ann", "wrong").status_code for _ in range(5)][-1]

    assert [guess(place) for place in range(9)] == [401] * 9
    assert house.client().login("ann").status_code == 303
    assert guess(10) == 401
    assert house.client().login("ann").status_code == 429


def test_an_address_that_tries_many_names_must_wait(house: House) -> None:
    browser = house.client()
    for number in range(20):
        assert browser.login(f"user{number}", "wrong").status_code == 401
    assert browser.login("ann").status_code == 429


def test_the_same_is_said_of_a_wrong_name_and_a_wrong_password(house: House) -> None:
    browser = house.client()
    one, two = browser.login("ann", "wrong").text, browser.login("nobody", "wrong").text
    assert "用户名或密码不对" in one
    assert one == two


def test_cookies_cannot_be_read_by_scripts_and_are_secure_over_https(house: House) -> None:
    cookie = house.client().login("ann").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" in house.client(base="https://console.test").login("ann").headers["set-cookie"]


def test_every_answer_has_the_security_headers(house: House) -> None:
    browser = house.client("ann")
    paths = (
        "/console/login",
        "/console/password",
        "/console",
        "/console/static/console.css",
        "/console/static/no",
    )
    for path in paths:
        policy = browser.get(path).headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert browser.get(path).headers["x-content-type-options"] == "nosniff"


def test_no_page_has_a_script_or_style_in_it(house: House) -> None:
    for path in ("/console/login", "/console/password"):
        text = house.client("ann").get(path).text
        assert "<style" not in text
        assert "<script>" not in text
        assert " style=" not in text
        assert " onclick" not in text


@pytest.mark.parametrize("name", ["../conftest.py", "..%2f..%2fconfig.py", "%2e%2e/desk.py", "nothing.js"])
def test_only_files_of_pages_are_served(house: House, name: str) -> None:
    assert house.client().get(f"/console/static/{name}").status_code == 404


def test_a_new_password_ends_every_session_and_the_old_one_is_worth_nothing(house: House) -> None:
    browser, elsewhere = house.client("ann"), house.client("ann")
    refused = browser.post("/console/password", old="wrong", new="new-password-1", again="new-password-1")
    assert refused.status_code == 400
    assert browser.post("/console/password", old=PASSWORD, new="short", again="short").status_code == 400
    new = {"new": "new-password-1", "again": "new-password-1"}
    assert browser.post("/console/password", old=PASSWORD, **new).status_code == 303
    assert browser.get("/console/password").status_code == 200
    assert elsewhere.get("/console/password").status_code == 303
    assert house.client().login("ann").status_code == 401


def test_what_happened_at_the_door_is_in_the_audit(house: House) -> None:
    browser = house.client()
    browser.login("13800138000", "wrong")
    browser.login("ann", "wrong")
    browser.login("ann")
    told = [(deed.what, deed.who) for _, deed in house.desk.memory.audit.lines()]
    assert told == [("login", "ann"), ("login_failed", "ann"), ("login_failed", "?")]
