"""Passwords that are handed to programs on their command line, or in their environment; pure."""

from __future__ import annotations

import re

from mailhelper_core.model.ai.recognizer import PersonalData

KIND = "secret"
_VALUE = r"(?:'(?P<a>[^'\n]{1,200})'|\"(?P<b>[^\"\n]{1,200})\"|(?P<c>[^\s'\"|;&<>]{2,200}))"
_OPTION = r"-\w{1,6}"
_REST = r"\b[^\n]{0,200}?[ ]"
# (programs, how the password follows); the programs are looked for first, as hardly any mail names one.
_FORMS = tuple(
    re.compile(form)
    for form in (
        # Who and with what, in one word: curl -u ada:secret
        rf"\b(?:curl|wget|https?|xh|svn|smbclient|mount|rpcclient|lftp){_REST}"
        rf"(?:-u|-U|-a|--user|--auth|--proxy-user)[ =]?(?=['\"]?[^\s:%'\"]{{1,64}}[:%][^\s]){_VALUE}",
        # Without a blank: mysql -psecret
        rf"\b(?:mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump|mycli){_REST}-p(?=[^\s]){_VALUE}",
        rf"\b(?:sshpass|docker login|podman login|helm registry login|mongo|mongosh|mongodump|influx|az login){_REST}"
        rf"-p[ =]?{_VALUE}",
        rf"\b(?:redis-cli){_REST}-a[ ]{_VALUE}",
        rf"\b(?:ldap(?:search|add|modify|delete|passwd|whoami)){_REST}-w[ ]?{_VALUE}",
        rf"\bhtpasswd[ ](?:{_OPTION}[ ]){{0,3}}-\w{{0,5}}b\w{{0,5}}[ ](?:{_OPTION}[ ]){{0,3}}"
        rf"[^\s-]\S{{0,100}}[ ]\S{{1,64}}[ ]{_VALUE}",
        rf"\bnet use\b[^\n]{{0,200}}?[ ]/user:\S{{1,64}}[ ]{_VALUE}",
        rf"\bopenssl{_REST}-pass(?:in|out)?[ ]['\"]?pass:{_VALUE}",
        rf"\becho[ ](?:-n[ ])?{_VALUE}[ ]?\|[ ]?(?:sudo|passwd|chpasswd|cryptsetup|docker login|podman login)\b",
    )
)
_PROGRAMS = re.compile(
    r"\b(?:curl|wget|https?|xh|svn|smbclient|mount|rpcclient|lftp|mysql\w{0,6}|mariadb(?:-dump)?|mycli|sshpass|docker|podman"
    r"|helm|mongo\w{0,4}|influx|az|redis-cli|ldap\w{3,6}|htpasswd|net use|openssl|echo)[ ]"
)
# MYSQL_PWD=x, DB_PASS=x; longer words for them are known from sentences.
_VARIABLE = re.compile(
    rf"(?<!\w)(?:[A-Z][A-Z0-9]{{0,30}}_){{0,4}}(?:PASS|PWD|PW|SECRET|APIKEY|CREDENTIALS?)(?:_[A-Z0-9]{{1,20}}){{0,2}}={_VALUE}"
)


def handed_over(text: str) -> list[PersonalData]:
    """Find passwords of command lines."""
    forms = (*_FORMS, _VARIABLE) if _PROGRAMS.search(text) else (_VARIABLE,)
    return [PersonalData(KIND, *match.span(str(match.lastgroup))) for form in forms for match in form.finditer(text)]
