"""A worker that knows the tests' tasks: ``processes|celery N``, until stopped."""

import sys

from tests.kernel import job_tasks  # noqa: F401 - declares the tasks


def main() -> None:
    """Work as the arguments say."""
    from callcenter.app import create_app
    from callcenter.config import Config

    kind, n = sys.argv[1], int(sys.argv[2])
    if kind == "celery":
        from callcenter.kernel.jobs.celery_worker import run_celery

        run_celery(Config.from_environ().broker_url, n, create_app)
    elif n == 1:
        from callcenter.kernel.jobs.worker import work_until_told_to_stop

        work_until_told_to_stop(create_app())
    else:
        from callcenter.kernel.jobs.processes import run_processes

        run_processes(n, create_app)


if __name__ == "__main__":
    main()
