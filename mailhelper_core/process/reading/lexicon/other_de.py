"""German cues of mail that mail programs, machines and opinion polls leave behind, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "feedback": (
        "umfrage!, umfragen!, kundenumfrage!, mitarbeiterumfrage!, befragung!, *befragung!, fragebogen!, bewertung!, "
        "bewertungen, bewerten!, bewerten sie, bewerte, jetzt bewerten, rezension*!, sterne!, sternen!, feedback!, "
        "ihr feedback, dein feedback, ihre meinung, deine meinung, meinung zählt, meinung ist uns, rückmeldung hilft, "
        "wie zufrieden, zufriedenheit!, zufriedenheits*!, kundenzufriedenheit!, zufrieden mit, waren sie zufrieden, "
        "warst du zufrieden, wie war, wie war ihr, wie war dein, wie waren sie, wie gefällt, wie hat ... gefallen, "
        "weiterempfehlen!, weiterempfehlung!, würden sie uns, auf einer skala, skala!, nehmen sie sich, minuten zeit, "
        "dauert nur, dauert etwa, wenige minuten, fragen beantworten, kurze fragen, paar fragen, nehmen sie teil, "
        "nimm teil, zur umfrage, zur bewertung, umfrage starten, anonym*!, helfen sie uns, hilf uns, besser werden, "
        "besser zu werden, verbessern, erfahrung mit, ihre erfahrung, deine erfahrung, ihre erfahrungen, "
        "letzter einkauf, letzten einkauf, letzten besuch, letzter besuch, teilnehmer ... verlosen, als dankeschön!, "
        "marktforschung!, qualitätsumfrage!, erfahrungsbericht!"
    ),
    "away": (
        "abwesenheit!, abwesenheits*!, abwesenheitsnotiz!, abwesend!, nicht im büro, nicht im haus, außer haus, "
        "im urlaub, in urlaub, in elternzeit, elternzeit!, derzeit nicht erreichbar, momentan nicht, "
        "bin ... nicht erreichbar, bin ... nicht im büro, bin ... abwesend, bin ... wieder, wieder erreichbar, "
        "wieder für sie da, wieder im büro, wieder da, ab dem ... wieder, nach meiner rückkehr, rückkehr!, "
        "nach meinem urlaub, ich bin bis, bis einschließlich, vertretung!, meine vertretung, vertreten von, "
        "in dringenden fällen, dringenden fällen, in dringenden angelegenheiten, wenden sie sich, meine kollegin, "
        "mein kollege, e mails werden nicht, nicht weitergeleitet, wird nicht weitergeleitet, keinen zugriff auf, "
        "nur eingeschränkt, automatische antwort, autoantwort!, nicht mehr im unternehmen, betriebsferien!, "
        "geschlossen vom"
    ),
    "undelivered": (
        "unzustellbar!, unzustellbare, nicht zugestellt, nicht zugestellt werden, konnte nicht ... zugestellt, "
        "zustellung fehlgeschlagen, zustellfehler!, zustellungsfehler!, zustellbericht!, nicht zustellbar, "
        "empfänger unbekannt, unbekannter empfänger, adresse existiert nicht, postfach existiert nicht, "
        "postfach ist voll, rückläufer!, übermittlungsstatus!, unzustellbarkeit*!, wird weiter versucht"
    ),
    "scanned": (
        "scan!, scans!, gescannt!, gescannte, gescanntes, eingescannt!, scanauftrag!, scanner!, kopierer!, "
        "multifunktionsgerät!, faxeingang!, fax!, faxnachricht!, von ihrem scanner, vom gerät, seiten, auflösung, "
        "dateiformat!, lesebestätigung!, gelesen am, wurde gelesen"
    ),
}
