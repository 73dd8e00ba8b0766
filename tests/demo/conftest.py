from datetime import date

import numpy as np
import pytest

from callcenter.demo.company import Company
from callcenter.demo.founding import build_company
from callcenter.demo.history import History, simulate_history

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def company() -> Company:
    return build_company(7, TODAY)


@pytest.fixture(scope="session")
def history(company: Company) -> History:
    return simulate_history(company, np.random.default_rng([7, 2]))
