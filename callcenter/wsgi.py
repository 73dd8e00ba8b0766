"""The application for any WSGI server: ``callcenter.wsgi:application``."""

from callcenter.app import create_app

application = create_app()
