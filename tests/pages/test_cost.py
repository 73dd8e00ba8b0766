"""What pages ask of the database: little, and no more when there are more rows."""

import pytest

from tests.pages.conftest import counted
from tests.pages.expectations import BUDGETS, DETAIL, LIST

pytestmark = pytest.mark.xdist_group("pages")


@pytest.fixture(scope="session")
def large_company(backend, founded):
    """The same as `company`, with ten times the rows."""
    return founded(backend, n=40)


def statements(company):
    """How many statements each page runs, seen by somebody who sees everything."""
    client = company.client("administrator")
    client.get("/")
    client.get("/api/v1/employees")
    counts = {}
    for page in company.pages("administrator"):
        address = company.address(page, role="administrator")
        # Once a minute a request notes that its session was seen; the next does not.
        counts[page.endpoint] = (min(count(client, address) for _ in range(2)), page)
    return counts


def count(client, address):
    """How many statements one visit runs."""
    with counted() as ran:
        client.get(address, buffered=True)
    return len(ran)


def test_every_page_keeps_to_its_budget(company):
    over = {}
    for endpoint, (n, page) in statements(company).items():
        budget = BUDGETS.get(endpoint, DETAIL if page.arguments else LIST)
        if n > budget:
            over[endpoint] = f"{n} of {budget}"

    assert over == {}


# A list that fits on one page needs no statement that counts its rows.
COUNTING = 1


def test_ten_times_the_rows_cost_no_more_statements(company, large_company):
    few, many = statements(company), statements(large_company)

    grown = {
        endpoint: f"{few[endpoint][0]} -> {many[endpoint][0]}"
        for endpoint in few
        if many[endpoint][0] > few[endpoint][0] + COUNTING
    }

    assert grown == {}
