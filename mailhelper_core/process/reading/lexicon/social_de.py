"""German cues of mail from social networks, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "follower": (
        "follower!, followerinnen!, folgt dir, folgt ihnen, folgt ihnen jetzt, folgt dir jetzt, folgt jetzt, "
        "folgen dir, folgen ihnen, neue follower, neuer follower, neue abonnenten, neuer abonnent, abonniert dich, "
        "hat dich abonniert, folge zurück, zurückfolgen!, folgen, beliebtheit, reichweite!"
    ),
    "contact-request": (
        "freundschaftsanfrage!, freundschaftsanfragen!, kontaktanfrage!, kontaktanfragen!, vernetzungsanfrage!, "
        "vernetzen!, vernetzt!, möchte sich ... vernetzen, möchte ... hinzufügen, zu ... kontakten, als freund, "
        "als kontakt, freundesliste!, anfrage annehmen, anfrage ansehen, anfrage bestätigen, kontakt bestätigen, "
        "kontakt hinzugefügt, kontakte, gemeinsame kontakte, gemeinsame freunde, gemeinsamer kontakt, "
        "personen die du, die du kennen, die sie kennen, kennst du, kennen sie, ihr netzwerk, dein netzwerk, "
        "deinem netzwerk, ihrem netzwerk, netzwerk!, kontaktvorschläge!, freunde finden, annehmen oder ablehnen"
    ),
    "group": (
        "gruppe!, gruppen!, in der gruppe, in deiner gruppe, neue beiträge in, gruppenbeitrag!, gruppenmitglied*!, "
        "neue mitglieder, gruppe beitreten, beitrittsanfrage!, community!, forum!, diskussion!, diskutiert, "
        "mitdiskutieren!, neue diskussion, beigetreten!, ist ... beigetreten, hat ... gepostet, gepostet!, posten, "
        "postet, neuer beitrag, neue beiträge, beiträge!, beitrag, nachbarschaft!, nachbarn, kanal, jetzt mitreden, "
        "seiten die, was du verpasst hast, das hast du verpasst, verpasst!, beliebte beiträge"
    ),
    "reaction": (
        "gefällt!, gefällt dein, gefällt ihr, gefällt mir, gefällt deine, hat ... geliked, geliked!, likes!, like!, "
        "reagiert!, hat auf ... reagiert, reaktion!, reaktionen!, kommentiert!, hat ... kommentiert, kommentare!, "
        "hat deinen beitrag, hat ihren beitrag, deinen beitrag, deinem beitrag, dein beitrag, deine beiträge, "
        "dein foto, deine fotos, dein video, erwähnt!, hat dich erwähnt, hat sie erwähnt, markiert!, "
        "hat dich markiert, retweet*!, repost*!, geteilter beitrag, antwort auf deinen kommentar, deinen kommentar, "
        "story, stories, neues foto, neue fotos, hat ... foto, chronik!, erinnerungen, gratuliere, gratulieren sie, "
        "hat geburtstag, hat heute geburtstag, dienstjubiläum!, neue position, neuer job, auszeichnung"
    ),
    "chat": (
        "neue nachricht von, hat dir eine nachricht, hat ihnen eine nachricht, nachricht auf, nachrichten warten, "
        "ungelesene nachrichten, ungelesene nachricht, direktnachricht!, nachricht ansehen, nachricht lesen, chat, "
        "im chat, jetzt antworten, wartet auf antwort, hat dich angestupst, angestupst!, match, dating"
    ),
    "profile": (
        "profil!, dein profil, ihr profil, profilbesuch*!, profil angesehen, profil besucht, profil aufgerufen, "
        "hat ... profil, zum profil, profil ansehen, das profil, profilansichten!, profilbild!, "
        "profil vervollständigen, suchanfragen, in suchergebnissen, kenntnisse bestätigt, empfehlung geschrieben, "
        "passende jobs, stellenangebote für, empfohlene, empfohlen für dich, vorgeschlagen*, vorschläge für dich, "
        "im trend, trends für dich"
    ),
}
