"""Carrying out jobs in processes of their own."""

import click


@click.command("worker")
@click.option(
    "--concurrency",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="How many jobs at the same time, each in a process of its own.",
)
def worker(concurrency: int) -> None:
    """Carry out jobs until stopped; a job under way goes back to the ledger.

    With CALLCENTER_BROKER_URL set, Celery brings the jobs' numbers over that broker
    (install the extra `distributed`); without it, the database is asked.
    """
    from callcenter.app import create_app
    from callcenter.config import Config

    config = Config.from_environ()
    if config.broker_url:
        from callcenter.kernel.jobs.celery_worker import run_celery

        run_celery(config.broker_url, concurrency, create_app)
    elif concurrency == 1:
        from callcenter.kernel.jobs.worker import work_until_told_to_stop

        work_until_told_to_stop(create_app())
    else:
        from callcenter.kernel.jobs.processes import run_processes

        run_processes(concurrency, create_app)
