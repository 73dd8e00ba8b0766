"""What the engine raises when it is asked something that has no meaning."""


class EngineInputError(ValueError):
    """An argument of an engine function has the wrong shape or an impossible value.

    A problem without a solution is no error: it is a result that says so.
    """
