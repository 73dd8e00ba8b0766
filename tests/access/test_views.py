"""The doors of sign-in."""

import re

import pytest

from callcenter.access import services
from callcenter.access.models import Role, User
from callcenter.kernel.db import db, transaction
from tests.factories.access import PASSWORD, make_user


def test_right_password_opens_the_door(client):
    user = make_user("administrator", with_password=True)

    answer = client.post("/sign-in", data={"email": user.email, "password": PASSWORD})

    assert answer.status_code == 303


def test_wrong_password_says_nothing_about_the_account(client):
    user = make_user("administrator", with_password=True)

    known = client.post("/sign-in", data={"email": user.email, "password": "x"})
    unknown = client.post("/sign-in", data={"email": "a@b.test", "password": "x"})

    assert known.status_code == unknown.status_code == 422


def test_waiting_after_failures_does_not_tell_which_addresses_are_known(client):
    def last_words(email):
        for _attempt in range(7):
            answer = client.post("/sign-in", data={"email": email, "password": "x"})
        return re.search(r"<li>(.*?)</li>", answer.text, re.DOTALL).group(1)

    user = make_user("administrator", with_password=True)

    assert last_words(user.email) == last_words("nobody@b.test")


def test_pages_are_closed_to_strangers_and_lead_back_after_sign_in(client):
    answer = client.get("/users?q=lin")

    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/users?q%3Dlin"


@pytest.mark.parametrize(
    "target",
    ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"],
)
def test_sign_in_never_leads_to_another_site(client, target):
    user = make_user("administrator", with_password=True)

    answer = client.post(
        "/sign-in", data={"email": user.email, "password": PASSWORD, "next": target}
    )

    assert answer.location == "/"


def test_administrator_invites_a_user_who_signs_in(app, client, sign_in_as):
    form = {
        "name": "Lin Qing",
        "email": "lin@example.test",
        "role": "agent",
        "scope": "self",
    }

    page = sign_in_as("administrator").post("/users/invite", data=form).text
    path = re.search(r"/invitation/[\w-]+", page)[0]
    words = "seven purple herons disagree"
    client.post(path, data={"password": words, "again": words})
    answer = client.post(
        "/sign-in", data={"email": "lin@example.test", "password": words}
    )

    assert answer.status_code == 303


def test_two_passwords_that_differ_are_named_on_the_field(app, client):
    token = services.issue_link(make_user("agent"))
    db.session.commit()

    answer = client.post(
        f"/invitation/{token}", data={"password": "a" * 12, "again": "b" * 12}
    )

    assert answer.status_code == 422


def test_signing_out_ends_the_session_on_the_server(sign_in_as):
    client = sign_in_as("administrator")
    with client.session_transaction() as cookie:
        stolen = dict(cookie)

    client.post("/sign-out")
    with client.session_transaction() as cookie:
        cookie.update(stolen)

    assert client.get("/users").status_code == 303


def test_agent_sees_no_administration(sign_in_as):
    client = sign_in_as("agent")

    refused = [client.get(path).status_code for path in ("/users", "/roles", "/audit")]

    assert refused == [403, 403, 403]


def test_list_of_users_takes_few_queries(sign_in_as, count_queries):
    client = sign_in_as("administrator")
    for _n in range(30):
        make_user("agent")
    count_queries()

    client.get("/users")

    assert count_queries() <= 8


def test_theme_and_language_stay_with_the_account(sign_in_as):
    user = make_user("agent")
    client = sign_in_as(user=user)

    client.post("/preferences", data={"locale": "zh_CN"})

    db.session.expire_all()
    assert db.session.get(User, user.id).locale == "zh_CN"
    assert "我的" in client.get("/account").text


def test_the_second_save_of_a_role_is_refused_and_its_typing_kept(sign_in_as):
    browser = sign_in_as("administrator")
    with transaction():
        role = services.save_role(None, name="Night", description="", permissions=[])
    url = f"/roles/{role.id}"
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', browser.get(url).text).group(1)

    first = browser.post(url, data={"seen": seen, "name": "Early"})
    second = browser.post(url, data={"seen": seen, "name": "Late"})

    assert (first.status_code, second.status_code) == (303, 422)
    assert "Somebody else changed this" in second.text
    assert 'value="Late"' in second.text
    assert db.session.get(Role, role.id).name == "Early"
