"""The text of Flask-Security's pages and mails, in our words."""

from __future__ import annotations

SUBJECTS = {
    "EMAIL_SUBJECT_REGISTER": "Confirm your e-mail address",
    "EMAIL_SUBJECT_CONFIRM": "Confirm your e-mail address",
    "EMAIL_SUBJECT_PASSWORD_RESET": "Choose a new password",
    "EMAIL_SUBJECT_PASSWORD_NOTICE": "Your password was changed",
    "EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": "Your password was changed",
    "CHANGE_EMAIL_SUBJECT": "Confirm your new e-mail address",
}
DONE = {
    "CONFIRM_REGISTRATION": "Thank you. A mail with a link is on its way.",
    "CONFIRMATION_REQUEST": (
        "If that address needs confirming, a mail with a link is on its way. "
        "We send few in a row: if none comes, use the newest that you have."
    ),
    "EMAIL_CONFIRMED": "Your e-mail address is confirmed. Sign in to go on.",
    "ALREADY_CONFIRMED": "Your e-mail address was confirmed before. Sign in to go on.",
    "PASSWORD_RESET_REQUEST": (
        "If there is an account for that address, a mail with a link is on its way. "
        "We send few in a row: if none comes, use the newest that you have."
    ),
    "PASSWORD_RESET_NO_LOGIN": "Your new password is saved. Sign in with it.",
    "PASSWORD_CHANGE": "Your new password is saved. You are signed out on every other device.",
    "CHANGE_EMAIL_SENT": "A mail with a link is on its way to %(email)s.",
    "CHANGE_EMAIL_CONFIRMED": "Your e-mail address is changed.",
    "REAUTHENTICATION_SUCCESSFUL": "Thank you. You can go on.",
}
REFUSED = {
    "UNAUTHENTICATED": "Sign in to see that page.",
    "ANONYMOUS_USER_REQUIRED": "You are signed in already.",
    "REAUTHENTICATION_REQUIRED": "Enter your password to go on.",
    "GENERIC_AUTHN_FAILED": "That e-mail address and password don’t go together, or the address is not confirmed yet.",
    "EMAIL_NOT_PROVIDED": "Enter your e-mail address.",
    "INVALID_EMAIL_ADDRESS": "Enter an e-mail address, such as name@example.com.",
    "PASSWORD_NOT_PROVIDED": "Enter a password.",
    "INVALID_PASSWORD": "That is not your password.",
    "PASSWORD_IS_THE_SAME": "That is your password already. Choose another one.",
    "RETYPE_PASSWORD_MISMATCH": "The two passwords differ. Type the new one twice.",
    "CONFIRMATION_EXPIRED": "That link is too old. Ask for a new one.",
    "INVALID_CONFIRMATION_TOKEN": "That link is not valid any more. Ask for a new one.",
    "PASSWORD_RESET_EXPIRED": "That link is too old. Ask for a new one.",
    "INVALID_RESET_PASSWORD_TOKEN": "That link is not valid any more. Ask for a new one.",
    "CHANGE_EMAIL_EXPIRED": "That link is too old. Ask for a new one.",
    "API_ERROR": "That link is not valid any more. Ask for a new one.",
}

WORDING: dict[str, str | tuple[str, str]] = {
    **{f"SECURITY_{name}": words for name, words in SUBJECTS.items()},
    **{f"SECURITY_MSG_{name}": (words, "success") for name, words in DONE.items()},
    **{f"SECURITY_MSG_{name}": (words, "error") for name, words in REFUSED.items()},
}
"""Flask-Security's settings for the texts above."""
