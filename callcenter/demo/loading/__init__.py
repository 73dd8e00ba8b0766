"""Put the demo company into the database: all of it, or nothing.

`load_demo` lets the company live until the moment at hand and stores what there is
to know, in one transaction. What the product itself works out (facts of contacts,
forecasts, requirements, schedules, approvals) is worked out by its own services.
"""

from callcenter.demo.loading.company import FULL, SMALL, LoadReport, load_demo
from callcenter.demo.loading.users import PASSWORD, SIGN_INS, SignIn

__all__ = ["FULL", "PASSWORD", "SIGN_INS", "SMALL", "LoadReport", "SignIn", "load_demo"]
