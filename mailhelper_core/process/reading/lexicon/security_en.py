"""English cues of mail about access to an account, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "sign-in": (
        "sign in, signed in, new sign in, sign in attempt, signing in, signin!, log in, logged in, login!, logins!, "
        "new login, log on, logged on, log in attempt, login attempt, login from, new device, new browser, "
        "new location, unrecognized device, unrecognised device, unknown device, unfamiliar!, from a new, "
        "someone logged, someone signed, someone just used, approximate location, location, browser, "
        "operating system, ip address, device, windows, android, iphone, accessed!, was accessed, "
        "access to your account, was this you, if this was you, if this wasn't you, if that wasn't you, wasn't you, "
        "was not you, not you, if it wasn't you, don't recognize, don't recognise, do not recognize, "
        "do not recognise, didn't recognise, didn't recognize, sign out of, sign out all, active sessions, session"
    ),
    "password": (
        "password!, passwords!, password reset, reset your password, reset password, forgot your password, "
        "forgotten password, new password, change your password, password changed, password was changed, "
        "password has been, set a password, set a new, choose a new, create a password, reset link, reset!, "
        "link expires, link is valid, link will expire, valid for, requested a, someone requested, you requested, "
        "request was made, a request to, didn't request, did not request, didn't make this, did not make this, "
        "if you did not, if you didn't, ignore this email, ignore this message, safely ignore, account recovery, "
        "recover your account, recovery!, recovery email, recovery code, credentials!, username!, magic link, "
        "sign in link, login link, regain access"
    ),
    "one-time-code": (
        "code, verification code, security code, login code, access code, confirmation code, sign in code, "
        "one time code, one time password, one time passcode, passcode!, your code, your code is, is your code, "
        "code is, code below, enter the code, enter this code, use this code, use the code, this code, code expires, "
        "code will expire, expires in, two factor, two step, 2fa!, mfa!, multi factor, otp!, authentication!, "
        "authenticator!, never share, do not share, don't share, share it with, share this code, with anyone, "
        "will never ask, staff will never, verify it's you, verify your identity, confirm it's you, identity"
    ),
    "account-change": (
        "your account, account security, security of your account, security settings, your email address was, "
        "email address was changed, email address has been changed, phone number was, phone number added, "
        "was added to your account, was removed from your, removed from your account, changes to your account, "
        "change to your account, account details, details were changed, has been changed, was changed, was enabled, "
        "was disabled, has been enabled, has been disabled, turned on, turned off, passkey!, api key, ssh key, "
        "access token, token, app password, third party, granted access, permissions, account was closed, "
        "account has been closed, account deletion, if you made this change, didn't make this change, "
        "if you did not make"
    ),
    "suspicion": (
        "security alert, security notice, security warning, security notification, security!, security update, "
        "security incident, security check, suspicious!, suspicious activity, suspicious login, unusual!, "
        "unusual activity, unusual sign in, unauthorized!, unauthorised!, fraud!, fraudulent!, breach!, data breach, "
        "compromised!, phishing!, locked!, has been locked, account locked, temporarily locked, blocked!, we blocked, "
        "prevented, failed attempts, failed login, too many attempts, protect your account, secure your account, "
        "keep your account safe, for your security, for your protection, review activity, review your activity, "
        "check activity, contact us immediately, immediately, act quickly, account at risk"
    ),
    "address-confirmation": (
        "confirm your email, confirm your address, verify your email, verify your account, verify your address, "
        "email verification, verification!, verify!, activate your account, activation!, activation link, "
        "confirm your account, complete your registration, finish signing up, complete your sign up, "
        "confirm your registration, welcome to, confirmation link, you signed up"
    ),
}
