"""Who is kept out: strangers, neighbours, forged forms, foreign addresses."""

import pytest

from tests.factories.access import PASSWORD, make_user
from tests.pages.conftest import ELSEWHERE
from tests.pages.expectations import COMPANY_WIDE, FORMS, SCOPED, SHARED

pytestmark = pytest.mark.xdist_group("pages")
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
)


def doors(company):
    """Every address that changes something, with the permission it names."""
    for rule in company.app.url_map.iter_rules():
        for method in sorted(UNSAFE & (rule.methods or set())):
            page = company._page(rule, method)
            if page is not None:
                yield method, page


def foreign(page):
    """Whether the page is about a thing that has an owner."""
    return bool(page.arguments - SHARED)


def is_refused(page, answer):
    return answer.status_code == 403 and page.endpoint in COMPANY_WIDE


def test_strangers_are_sent_to_the_sign_in_page(company):
    client = company.app.test_client()
    wrong = {}
    for page in company.pages():
        if page.permission is None:
            continue
        answer = client.get(company.address(page), buffered=True)
        is_sent = answer.status_code == 303 and "/sign-in?next=" in answer.location
        is_told = answer.status_code == 401 and page.rule.startswith("/api/")
        if not (is_sent or is_told):
            wrong[page.endpoint] = answer.status_code

    assert wrong == {}


def test_strangers_change_nothing(company):
    client = company.app.test_client()
    wrong = {}
    for method, page in doors(company):
        if page.permission is None:
            continue
        answer = client.open(company.address(page), method=method)
        if answer.status_code != 401 and "/sign-in" not in (answer.location or ""):
            wrong[page.endpoint] = answer.status_code

    assert wrong == {}


@pytest.mark.parametrize("role", SCOPED)
@pytest.mark.parametrize(
    ("suffix", "headers"),
    [("", {}), ("", {"HX-Request": "true"}), ("export=csv", {}), ("export=xlsx", {})],
    ids=["page", "fragment", "csv", "xlsx"],
)
def test_a_neighbours_things_are_not_there(company, role, suffix, headers):
    client = company.client(role)
    wrong = {}
    for page in company.pages(role):
        if page.permission is None or not foreign(page):
            continue
        address = company.address(page, world=company.there, role=role)
        joined = "&" if "?" in address else "?"
        answer = client.get(
            f"{address}{joined}{suffix}", headers=headers, buffered=True
        )
        if answer.status_code != 404 and not is_refused(page, answer):
            wrong[page.endpoint] = answer.status_code

    assert wrong == {}


@pytest.mark.parametrize("role", SCOPED)
def test_a_neighbours_things_cannot_be_changed(company, role):
    client = company.client(role)
    held = {page.permission for page in company.pages(role)}
    wrong = {}
    for method, page in doors(company):
        if page.permission in held - {None} and foreign(page):
            address = company.address(page, world=company.there, role=role)
            form = FORMS.get(page.endpoint, {})
            answer = client.open(address, method=method, data=form)
            if answer.status_code != 404 and not is_refused(page, answer):
                wrong[page.endpoint] = answer.status_code

    assert wrong == {}


@pytest.mark.parametrize("role", SCOPED)
@pytest.mark.parametrize("suffix", ["", "export=csv"])
def test_no_page_names_what_belongs_to_a_neighbour(company, role, suffix):
    client = company.client(role)
    wrong = {}
    for page in company.pages(role):
        address = company.address(page, role=role)
        joined = "&" if "?" in address else "?"
        answer = client.get(f"{address}{joined}{suffix}", buffered=True)
        at = answer.data.find(ELSEWHERE.encode())
        if at >= 0:
            wrong[page.endpoint] = answer.data[max(0, at - 60) : at + 40]

    assert wrong == {}


def test_every_form_is_refused_without_its_token(company, monkeypatch):
    monkeypatch.setitem(company.app.config, "WTF_CSRF_ENABLED", True)
    client = company.client("administrator")
    wrong = {}
    for method, page in doors(company):
        address = company.address(page, role="administrator")
        answer = client.open(address, method=method, headers={"Authorization": ""})
        is_program = page.rule.startswith("/api/") and answer.status_code == 401
        if answer.status_code != 400 and not is_program:
            wrong[page.endpoint] = answer.status_code

    assert wrong == {}


def test_every_answer_carries_the_security_headers(company):
    client = company.client("administrator")
    addresses = [company.address(p, role="administrator") for p in company.pages()]
    addresses += ["/no-such-page", "/static/app.css", "/healthz"]
    wrong = {}
    for address in addresses:
        with client.get(address) as answer:
            headers = answer.headers
        missing = [name for name in HEADERS if name not in headers]
        if missing or "unsafe-" in headers["Content-Security-Policy"]:
            wrong[address] = missing

    assert wrong == {}


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test",
        "\\\\evil.test",
        "evil.test",
    ],
)
class TestForeignAddresses:
    def test_signing_in_stays_on_this_site(self, company, target):
        with company.app.app_context():
            email = make_user("agent", with_password=True).email
        client = company.app.test_client()

        answer = client.post(
            "/sign-in",
            query_string={"next": target},
            data={"email": email, "password": PASSWORD, "next": target},
        )

        assert answer.status_code == 303
        assert answer.location == "/"

    def test_choosing_a_language_stays_on_this_site(self, company, target):
        client = company.client("agent")

        answer = client.post("/preferences", data={"locale": "en", "next": target})

        assert answer.status_code == 303
        assert "evil" not in answer.location
