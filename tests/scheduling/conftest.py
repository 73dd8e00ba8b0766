"""What the tests of this room share."""

import pytest

from tests.factories.scheduling import Center, make_center


@pytest.fixture
def center(app: object) -> Center:
    """A site with three agents and three seats."""
    return make_center()
