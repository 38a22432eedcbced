"""German cues of mail by which programs tell what happened, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "build": (
        "build!, builds!, pipeline!, commit!, commits!, branch!, merge!, pull request, merge request, gemergt!, "
        "deployment!, deploy!, ausgerollt!, tests fehlgeschlagen, fehlgeschlagen!, fehlgeschlagene, "
        "erfolgreich gebaut, repository!, release, workflow!, job fehlgeschlagen, lauf, durchlauf, testlauf!, "
        "kompiliert!, quelltext!"
    ),
    "support-ticket": (
        "ticket!, ticketnummer!, ihr ticket, ticket wurde, ticket ... erstellt, ticket ... aktualisiert, "
        "ticket ... geschlossen, ihre anfrage, deine anfrage, anfrage erhalten, anfrage ... eingegangen, vorgang, "
        "vorgangsnummer!, fallnummer!, bearbeiter, in bearbeitung, zugewiesen!, zugeordnet, neuer kommentar, "
        "kommentar hinzugefügt, status geändert, wurde geändert, statusänderung!, wurde gelöst, gelöst, geschlossen, "
        "wieder geöffnet, priorität, helpdesk!, supportanfrage!, störungsticket!, antwort hinzugefügt, servicedesk!"
    ),
    "outage": (
        "störung!, störungen!, störungsmeldung!, ausfall!, ausgefallen!, nicht erreichbar, nicht verfügbar, "
        "wieder erreichbar, wieder verfügbar, alarm!, alarme!, warnung!, kritisch!, kritischer, schwellwert!, "
        "schwellenwert!, überschritten, grenzwert!, auslastung!, cpu!, arbeitsspeicher!, speicherplatz!, festplatte!, "
        "server, dienst, dienste, überwachung!, monitoring!, antwortet nicht, zeitüberschreitung!, "
        "verbindungsfehler!, fehlerrate!, fehlermeldung, vorfall, vorfalls*, behoben!, eingeschränkt, "
        "beeinträchtig*!, latenz!, host, systemmeldung!, hinweis ... system, entstörung!"
    ),
    "report": (
        "bericht!, berichte, *bericht, tagesbericht!, wochenbericht!, monatsbericht!, auswertung!, auswertungen!, "
        "statistik!, statistiken!, kennzahlen!, zusammenfassung, ihre zusammenfassung, nutzungsbericht!, "
        "aktivitätsbericht!, leistungsbericht!, seitenaufrufe!, besucher, zugriffe, im vergleich zu, vorwoche!, "
        "vormonat!, export ... bereit, export ist fertig, download bereit, steht ... zum download, datenexport!, "
        "protokoll, dashboard!, automatisch erstellter bericht, zeitraum"
    ),
    "sharing": (
        "geteilt!, hat ... geteilt, mit ihnen geteilt, mit dir geteilt, freigegeben!, freigabe!, für sie freigegeben, "
        "hat ... freigegeben, ordner, dokument, datei, dateien, hochgeladen!, hat ... hochgeladen, "
        "hat ... kommentiert, kommentar, kommentiert, hat ... bearbeitet, bearbeitet, zugriff auf, zugriffsanfrage!, "
        "zugriff angefordert, hat sie eingeladen ... bearbeiten, hat sie hinzugefügt, tabelle, präsentation, "
        "öffnen sie das dokument, dokument öffnen, datei öffnen, in der cloud, link läuft ab, arbeitsbereich!, "
        "zur unterschrift, elektronisch unterschreiben, unterzeichnet!"
    ),
    "task": (
        "aufgabe!, aufgaben!, neue aufgabe, aufgabe zugewiesen, ihnen zugewiesen, dir zugewiesen, fällige aufgaben, "
        "erinnerung an, terminerinnerung!, erledigt, als erledigt, projektboard!, karte, board, erwähnt, "
        "hat sie erwähnt, genehmigung!, genehmigt, wartet auf ihre, freigabeprozess!, workflow, to do, frist läuft, "
        "antrag eingegangen"
    ),
    "backup": (
        "backup!, backups!, sicherung!, datensicherung!, sicherung abgeschlossen, synchronisiert!, synchronisierung!, "
        "speicher voll, speicher fast voll, speicherkontingent!, kontingent!, cloudspeicher!, cronjob!, "
        "wurde abgeschlossen, erfolgreich abgeschlossen, abgeschlossen, gestartet, importiert, exportiert, migration"
    ),
    "expiry": (
        "läuft ab, läuft ... ab, laufen ... ab, abgelaufen!, ablaufdatum!, zertifikat!, ssl zertifikat, domain!, "
        "domains!, verlängern, erneuern, lizenz!, lizenzen!, testphase!, testzeitraum!, gültig bis, endet am, "
        "endet in, wird deaktiviert, inaktivität!, leihfrist!, rückgabetermin!, ausweis läuft"
    ),
    "device": (
        "bewegung erkannt, kamera!, rauchmelder!, türklingel!, sensor!, batterie, akku, smart home, thermostat!, "
        "firmware!, gerät ist offline, offline, drucker, toner*!, wallbox!, ladevorgang!, messwert!, wetterwarnung!, "
        "unwetter*!, anrufbeantworter!, verpasster anruf, voicemail!, sprachnachricht"
    ),
    "maintenance": (
        "wartung!, wartungsarbeiten!, wartungsfenster!, geplante wartung, geplante arbeiten, vorübergehend, "
        "nutzungsbedingungen!, agb!, änderung unserer, änderungen an unseren, datenschutzbestimmungen!, "
        "datenschutzhinweise!, wichtige änderungen, wird eingestellt, wird abgeschaltet, umstellung, "
        "systemumstellung!, neue bedingungen, treten ... in kraft"
    ),
    "automatic": (
        "automatisch erstellt, automatisch generiert, automatisch erzeugt, automatisch versendet, "
        "automatisch gesendet, automatische nachricht, automatische benachrichtigung, automatisch erstellte, "
        "automatisch generierte, automatisierte!, systemnachricht!, benachrichtigung!, benachrichtigungen!, "
        "benachrichtigungseinstellungen!, antworten sie nicht auf diese, antworten sie bitte nicht, "
        "nicht auf diese e mail, bitte nicht antworten, bestätigung ihrer anfrage, eingangsbestätigung!, "
        "kontaktformular!, formular ... ausgefüllt, bewerbungseingang!, hat ... erstellt, wurde erstellt, "
        "wurde aktualisiert, wurde hinzugefügt, steht bereit, liegt bereit"
    ),
}
