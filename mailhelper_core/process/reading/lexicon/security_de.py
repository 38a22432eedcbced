"""German cues of mail about access to an account, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "sign-in": (
        "anmeldung, neue anmeldung, neue anmeldung bei, anmeldung von, anmeldung auf, anmeldeversuch!, "
        "anmeldeversuche!, angemeldet!, haben sich angemeldet, hat sich ... angemeldet, wurde ... angemeldet, "
        "eingeloggt!, login!, logins!, neuer login, neuem gerät, neues gerät, neuen gerät, unbekanntes gerät, "
        "unbekannten gerät, unbekannter standort, neuer standort, standort, browser, betriebssystem!, windows, "
        "android, iphone, ip adresse, gerät, uhrzeit, zugriff auf ihr konto, zugriff auf dein konto, zugriff erkannt, "
        "waren sie das, warst du das, wenn sie das waren, wenn du das warst, falls sie das nicht, falls du das nicht, "
        "wenn sie das nicht, wenn du das nicht, nicht von ihnen, nicht von dir, das waren nicht sie, "
        "das warst nicht du, sitzung beenden, alle geräte abmelden, von allen geräten, sitzungen"
    ),
    "password": (
        "passwort!, *passwort!, passwörter!, passwort*!, kennwort!, kennwort*!, pin, passwort zurücksetzen, "
        "passwort vergessen, kennwort zurücksetzen, zurücksetzen!, zurückzusetzen!, zurückgesetzt!, neues passwort, "
        "passwort geändert, passwort ändern, passwort festlegen, neues kennwort, passwort erstellen, "
        "passwort vergeben, link ist ... gültig, stunden gültig, minuten gültig, einmal gültig, nur einmal, "
        "anforderung, angefordert!, nicht angefordert, haben sie ... nicht angefordert, "
        "hast du ... nicht angefordert, ignorieren sie diese, ignoriere diese, einfach ignorieren, "
        "können sie diese ... ignorieren, konto wiederherstellen, wiederherstellung*!, zugangsdaten!, zugang, "
        "zugang wiederherstellen, anmeldelink!, magischer link, benutzername"
    ),
    "one-time-code": (
        "code, bestätigungscode!, sicherheitscode!, verifizierungscode!, zugangscode!, anmeldecode!, einmalcode!, "
        "einmalpasswort!, einmalkennwort!, ihr code, dein code, code lautet, lautet ihr, lautet dein, prüfcode!, "
        "tan!, mtan!, pushtan!, otp!, zwei faktor, zweistufige, zwei schritt, 2fa!, authentifizierung!, "
        "authentifizierungs*!, authenticator!, code eingeben, geben sie ... code, gib ... code, geben sie diesen, "
        "gib diesen, code ist ... gültig, gültig für, verfällt, niemandem, niemals weiter, nicht weiter, "
        "geben sie ... nicht weiter, mitarbeiter werden sie nie, fragen sie nie, teilen sie ... niemandem, "
        "freigabe in der app, identität bestätigen"
    ),
    "account-change": (
        "kontosicherheit!, sicherheit ihres kontos, sicherheit deines kontos, ihr konto, dein konto, ihrem konto, "
        "deinem konto, konto wurde, e mail adresse geändert, e mail adresse wurde, telefonnummer geändert, "
        "telefonnummer hinzugefügt, handynummer!, rufnummer ... geändert, daten wurden geändert, "
        "änderung an ihrem konto, änderungen an ihrem, wiederherstellungsadresse!, sicherheitsfrage!, aktiviert, "
        "deaktiviert!, passkey!, api schlüssel, ssh schlüssel, app passwort, neue app, drittanbieter!, "
        "zugriff gewährt, berechtigung*, konto gelöscht, löschung ihres kontos, kontoinhaber"
    ),
    "suspicion": (
        "sicherheitshinweis!, sicherheitswarnung!, sicherheitsmeldung!, sicherheitsüberprüfung!, sicherheitsvorfall!, "
        "sicherheits*!, sicherheitsgründen!, verdächtig*!, verdächtige aktivität, ungewöhnlich*!, "
        "ungewöhnliche aktivität, ungewöhnliche anmeldung, unbefugt*!, unberechtigt*!, fremde, missbrauch*!, "
        "datenleck!, datenpanne!, kompromittiert!, phishing!, betrugsversuch!, betrug*, gesperrt!, sperrung!, "
        "sperren, vorübergehend gesperrt, fehlgeschlagene anmeldeversuche, fehlversuche!, zu ihrer sicherheit, "
        "zu deiner sicherheit, konto schützen, schützen sie ihr konto, schütze dein konto, konto sichern, "
        "kontaktieren sie uns umgehend, umgehend, sofort ändern"
    ),
    "address-confirmation": (
        "bestätigen sie ihre, bestätige deine, e mail adresse bestätigen, e mail bestätigen, adresse ... bestätigen, "
        "registrierung bestätigen, registrierung abschließen, registrierung!, konto aktivieren, konto bestätigen, "
        "aktivierungslink!, aktivierung*, bestätigungslink!, verifizier*!, anmeldung bestätigen, "
        "anmeldung abschließen, willkommen bei, klicken sie ... bestätigen"
    ),
}
