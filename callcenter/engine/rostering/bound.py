"""placeholder"""

import threading


class BoundJob:
    value = 0.0

    def __init__(self, *a):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *a):
        pass

    def wait(self, s):
        pass
