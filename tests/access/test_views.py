"""The doors of sign-in."""

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
