"""The settings of log-in: cookies, passwords, second factor, and where each flow leads."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta
from pathlib import Path

from flask_babel import lazy_gettext

from mailhelper_web.config import Config

# How long after the password was typed what outlives a session may be made: the token, the second factor, its codes.
RECENT_MINUTES = 30
_WORDS = Path(__file__).parent.parent / "translations"


def security_settings(config: Config, secret: str) -> dict[str, object]:
    """Answer what Flask, Flask-WTF and Flask-Security are told."""
    return {
        **_cookies(config, secret),
        **_passwords(config, secret),
        **_second_factor(secret),
        **_flows(config),
    }


def _cookies(config: Config, secret: str) -> dict[str, object]:
    return {
        "SECRET_KEY": derive(secret, "cookies"),
        "SESSION_COOKIE_NAME": "__Host-mailhelper" if config.https else "mailhelper",
        "SESSION_COOKIE_SECURE": config.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        # It asks for a Referer, which our pages tell browsers not to send; a `__Host-` cookie is planted by nobody.
        "WTF_CSRF_SSL_STRICT": False,
        # The token of the API is this host's own; the library's would outlive the end of all sessions.
        "SECURITY_API_ENABLED_METHODS": ["session"],
    }


def _passwords(config: Config, secret: str) -> dict[str, object]:
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__memory_cost": config.argon2_memory,
            "argon2__rounds": 2,
            "argon2__parallelism": 1,
        },
        "SECURITY_PASSWORD_SALT": derive(secret, "passwords"),
        # NIST SP 800-63B: length, no composition rules.
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_FRESHNESS": timedelta(minutes=RECENT_MINUTES),
        # Each look makes a grace longer, so that it would not end for who goes on looking.
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
        # One notice in one place, whether the address is unknown or the password wrong. At registration it hides less:
        # who is new is logged in at once, and a host that sends no mail cannot tell the owner of an address elsewhere.
        # Where strangers reach the host, registration by invitation alone leaves nothing to try.
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_MSG_GENERIC_AUTHN_FAILED": (lazy_gettext("Wrong address or password."), "error"),
    }


def _second_factor(secret: str) -> dict[str, object]:
    return {
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/preferences/second-factor",
        "SECURITY_TWO_FACTOR_RESCUE_MAIL": "",
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [recovery_key(secret)],
        "SECURITY_TOTP_SECRETS": {"1": derive(secret, "totp")},
        "SECURITY_TOTP_ISSUER": "mailhelper",
    }


def _flows(config: Config) -> dict[str, object]:
    """Answer which pages there are and where each leads; a new password is for an address that an operator hands on."""
    return {
        # What stands later wins: the host's words where it says something otherwise, the library's for the rest.
        "SECURITY_I18N_DIRNAME": ["builtin", str(_WORDS)],
        "SECURITY_REGISTERABLE": config.registration != "closed",
        "SECURITY_USE_REGISTER_V2": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_RECOVERABLE": True,
        # Nothing is ever sent.
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_SEND_PASSWORD_RESET_EMAIL": False,
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_REGISTER_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/login",
        "SECURITY_POST_RESET_VIEW": "/login",
        "SECURITY_RESET_ERROR_VIEW": "/reset",
    }


def recovery_key(secret: str) -> bytes:
    """Answer the key that seals recovery codes, as Fernet wants it."""
    return urlsafe_b64encode(bytes.fromhex(derive(secret, "recovery codes")))


def derive(secret: str, purpose: str) -> str:
    """Answer a secret of its own for one purpose, so that none gives away another."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()
