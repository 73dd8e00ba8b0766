"""Mail against a real server on loopback: plain, signed in, encrypted, refusing."""

import ipaddress
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from callcenter.kernel import mail
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import Job, JobState, run_queued


class Inbox:
    """What the server got; it refuses whoever is not known."""

    def __init__(self):
        self.messages = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 no such person"
        if address.startswith("later@"):
            return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(message_from_bytes(envelope.content))
        return "250 OK"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def serve(app, inbox, monkeypatch):
    """A function that starts a server and points the application at it."""
    started = []
    known = app.extensions["config"]

    def start(security="none", user="", password="", **options):
        port = free_port()
        controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        started.append(controller)
        app.extensions["config"] = replace(
            known,
            mail_host="127.0.0.1",
            mail_port=port,
            mail_security=security,
            mail_user=user,
            mail_password=password,
            mail_sender="planning@callcenter.test",
        )

    yield start
    app.extensions["config"] = known
    for controller in started:
        controller.stop()


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1 that nobody vouches for: its file, its context."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


def send(recipient="lin@example.test", subject="班表 Shifts", text="周一 09:00\n"):
    mail.deliver(mail.compose(recipient, subject, text, key="test-1"))


def test_arrives_as_it_was_written(serve, inbox):
    serve()

    send()

    (message,) = inbox.messages
    assert str(make_header(decode_header(message["Subject"]))) == "班表 Shifts"
    assert message.get_payload(decode=True).decode().strip() == "周一 09:00"
    assert message["Message-ID"] == "<test-1@callcenter.test>"


def test_a_line_break_in_the_subject_adds_no_header(serve, inbox):
    serve()

    send(subject="Hello\r\nBcc: all@example.test")

    assert inbox.messages[0]["Bcc"] is None


def test_signs_in_over_starttls_when_the_certificate_is_trusted(
    serve, inbox, certificate, monkeypatch
):
    path, context = certificate
    seen = []

    def authenticate(server, session, envelope, mechanism, data):
        is_right = data == LoginPassword(b"planning", b"secret")
        seen.append(is_right)
        return AuthResult(success=is_right)

    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    serve(
        "starttls",
        "planning",
        "secret",
        tls_context=context,
        authenticator=authenticate,
        auth_required=True,
        require_starttls=True,
    )

    send()

    assert seen == [True]
    assert len(inbox.messages) == 1


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    serve, inbox, certificate
):
    serve("starttls", tls_context=certificate[1])

    with pytest.raises(mail.MailServerGone):
        send()

    assert inbox.messages == []


def test_person_who_does_not_exist_is_refused_for_good(serve):
    serve()

    with pytest.raises(mail.MailRefused):
        send("nobody@example.test")


def test_a_busy_server_is_asked_again(serve):
    serve()

    with pytest.raises(mail.MailServerGone):
        send("later@example.test")


def test_no_server_means_try_again(serve, app):
    serve()
    app.extensions["config"] = replace(app.extensions["config"], mail_port=1)

    with pytest.raises(mail.MailServerGone):
        send()


def test_without_a_server_nothing_is_queued(app):
    with transaction():
        job = mail.send_later("lin@example.test", "Hello", "Text")

    assert job is None


def test_later_means_in_a_job(serve, inbox):
    serve()
    with transaction():
        job = mail.send_later("lin@example.test", "Hello", "Text")

    run_queued()

    db.session.expire_all()
    assert db.session.get(Job, job.id).state is JobState.DONE
    assert inbox.messages[0]["To"] == "lin@example.test"
