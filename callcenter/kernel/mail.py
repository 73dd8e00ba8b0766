"""E-mail through the configured SMTP server: plain, STARTTLS or TLS, with sign-in.

Services never talk to the server: `send_later` asks for a job, which is repeated while
the server does not answer. Every message carries the job's number in its id, so a
server that sees one twice can tell.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate

from flask import current_app

from callcenter.config import Config
from callcenter.kernel.errors import Invalid, Unavailable
from callcenter.kernel.jobs import Job, enqueue

TIMEOUT_S = 20.0
SEND_JOB = "kernel.send_mail"


class MailServerGone(Unavailable):
    """The mail server does not answer, or refuses us."""

    code = "mail.server_gone"


class MailRefused(Invalid):
    """The mail server does not take this message, now or later."""

    code = "mail.refused"


def is_configured() -> bool:
    """Whether this installation can send mail."""
    return bool(_config().mail_host)


def send_later(recipient: str, subject: str, text: str) -> Job | None:
    """Ask for a message to be sent after the transaction; None without a server."""
    if not is_configured():
        return None
    return enqueue(SEND_JOB, {"recipient": recipient, "subject": subject, "text": text})


def compose(recipient: str, subject: str, text: str, *, key: str) -> EmailMessage:
    """The message as the server gets it; ``key`` makes its id repeatable."""
    config = _config()
    message = EmailMessage()
    message["From"] = config.mail_sender
    message["To"] = recipient
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate(usegmt=True)
    host = config.mail_sender.rpartition("@")[2] or "localhost"
    message["Message-ID"] = f"<{key}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def deliver(message: EmailMessage) -> None:
    """Hand the message to the server now.

    Raises `MailServerGone` when it may work later and `MailRefused` when it will not.
    """
    try:
        with _connection() as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        if all(code >= 500 for code in codes):
            raise MailRefused(codes=codes) from error
        raise MailServerGone(codes=codes) from error
    except smtplib.SMTPResponseException as error:
        if error.smtp_code in {552, 554} or error.smtp_code == 550:
            raise MailRefused(codes=[error.smtp_code]) from error
        raise MailServerGone(codes=[error.smtp_code]) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerGone(error=type(error).__name__) from error


@contextmanager
def _connection() -> Iterator[smtplib.SMTP]:
    config = _config()
    context = ssl.create_default_context()
    place = (config.mail_host, config.mail_port)
    if config.mail_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            *place, timeout=TIMEOUT_S, context=context
        )
    else:
        server = smtplib.SMTP(*place, timeout=TIMEOUT_S)
    with server:
        if config.mail_security == "starttls":
            server.starttls(context=context)
        if config.mail_user:
            server.login(config.mail_user, config.mail_password)
        yield server


def _config() -> Config:
    config: Config = current_app.extensions["config"]
    return config
