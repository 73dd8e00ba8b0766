"""Each role's first page: what needs me now."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the room's pages."""
    from callcenter.home import views

    app.register_blueprint(views.bp)
