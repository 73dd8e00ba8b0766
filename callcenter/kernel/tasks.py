"""The jobs of the ground floor itself."""

from callcenter.kernel import mail
from callcenter.kernel.jobs import Run, job
from callcenter.kernel.text import _l


@job(mail.SEND_JOB, title=_l("Sending a message"))
def send_mail(run: Run, *, recipient: str, subject: str, text: str) -> None:
    """Send one message; repeated while the server does not answer."""
    key = f"callcenter-{run.job_id}"
    mail.deliver(mail.compose(recipient, subject, text, key=key))
