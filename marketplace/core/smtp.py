"""SMTP client with a time bound on every step, however slowly the server answers."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import EmailPolicy
from typing import Any, TypeVar

import aiosmtplib
from aiosmtplib import SMTPDataError, SMTPRecipientRefused, SMTPRecipientsRefused, SMTPSenderRefused

from config.settings import Settings

T = TypeVar("T")
STEP_SECONDS = 30
"""Time for connecting with sign-in, and for one mail; a server that drips its answers gets no longer."""
IMPLICIT_TLS_PORT = 465

Send = Callable[[EmailMessage], None]


class MailRefused(Exception):
    """The server refused this mail but kept the connection; `permanent` for a 5xx reply (RFC 5321, 4.2.1)."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"{code} {words}")
        self.permanent = 500 <= code < 600


@contextmanager
def mail_server(settings: Settings) -> Generator[Send]:
    """Connect to the mail server, verify its certificate, and yield a function that sends one mail.

    Connecting and sending raise OSError when there is no server, or it hangs up or is too slow. Sending raises
    MailRefused for this mail alone.
    """
    implicit = settings.smtp_tls and settings.smtp_port == IMPLICIT_TLS_PORT
    with asyncio.Runner() as runner:

        def within(step: Coroutine[Any, Any, T]) -> T:
            return runner.run(asyncio.wait_for(step, STEP_SECONDS))

        client = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username or None,
            password=settings.smtp_password or None,
            use_tls=implicit,
            start_tls=settings.smtp_tls and not implicit,
            tls_context=ssl.create_default_context(),
            timeout=STEP_SECONDS,
        )
        try:
            _or_no_server(lambda: within(client.connect()))
            yield lambda message: _hand_over(client, message, within)
            with suppress(OSError, aiosmtplib.SMTPException):
                within(client.quit())
        finally:
            client.close()


def _or_no_server(step: Callable[[], object]) -> None:
    """Treat any error before the first mail as a missing server, since it concerns all mails."""
    try:
        step()
    except aiosmtplib.SMTPException as error:
        raise OSError(str(error)) from error


def _hand_over(
    client: aiosmtplib.SMTP, message: EmailMessage, within: Callable[[Coroutine[Any, Any, object]], object]
) -> None:
    recipient, utf8 = message["To"].addresses[0].addr_spec, not message["To"].isascii()
    sender = message["From"].addresses[0].addr_spec
    options = ["SMTPUTF8"] if utf8 else []
    try:
        within(client.sendmail(sender, [recipient], on_the_wire(message), mail_options=options))
    except OSError:
        client.close()  # interrupted within an answer: later answers on this connection would be misread
        raise
    except SMTPRecipientsRefused as error:
        refused: SMTPRecipientRefused = error.recipients[0]
        raise MailRefused(refused.code, refused.message) from error
    except (SMTPSenderRefused, SMTPDataError) as error:
        raise MailRefused(error.code, error.message) from error
    except aiosmtplib.SMTPException as error:
        raise OSError(str(error)) from error


class _OneLinePolicy(EmailPolicy):
    """Keep ASCII headers on one line.

    The library splits a long address without spaces into encoded words, which mail programs don't decode in
    List-Unsubscribe (RFC 2047, 5; RFC 8058). Other headers are encoded and folded as usual.
    """

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}{self.linesep}" if value.isascii() else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode() if value.isascii() else super().fold_binary(name, value)


def on_the_wire(message: EmailMessage) -> bytes:
    """Serialize the mail as 7-bit, unless an address itself is not ASCII."""
    return message.as_bytes(
        policy=_OneLinePolicy(
            linesep=SMTP_POLICY.linesep, cte_type="7bit", utf8=not message["To"].isascii(), raise_on_defect=False
        )
    )
