"""``python -m callcenter.cli`` is the ``callcenter`` command."""

from callcenter.cli import main

main()
