"""Property tests here judge numbers, not the speed of a machine that others share."""

from hypothesis import settings

settings.register_profile("numbers", deadline=None)
settings.load_profile("numbers")
