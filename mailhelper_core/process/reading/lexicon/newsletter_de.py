"""German cues of mail to many readers, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "issue": (
        "newsletter!, *newsletter!, newsletter*, rundbrief!, infobrief!, infomail!, rundmail!, ausgabe, ausgabe nr, "
        "neue ausgabe, aktuelle ausgabe, diese woche, in dieser woche, wochenrückblick!, monatsrückblick!, rückblick, "
        "wochenüberblick!, überblick, themen der woche, unsere themen, die themen, in dieser ausgabe, editorial!, "
        "liebe leserin, liebe leser, liebe leserinnen, leserinnen!, leser, lesetipp*!, weiterlesen!, mehr lesen, "
        "zum artikel, zum beitrag, artikel lesen, jetzt lesen, ganzen artikel, mehr erfahren, mehr dazu, mehr infos, "
        "neu im blog, blogbeitrag!, neuer artikel, podcast!, folge, interview, reportage!, hintergrund*, redaktion!, "
        "nachrichten des tages, schlagzeilen!, meldungen, aktuelles, news, top themen, meistgelesen!, kolumne!, "
        "magazin!, presseschau!, leseempfehlung!, buchtipp*!, veranstaltungstipp*!, termine im, monatsthema!, kompakt"
    ),
    "offers": (
        "rabatt!, rabatt*!, prozent, gutschein!, gutscheincode!, gutschein*!, rabattcode!, aktionscode!, angebot, "
        "angebote!, sonderangebot*!, sonderaktion!, aktion, aktionspreis!, nur heute, nur für kurze zeit, "
        "nur noch bis, solange der vorrat reicht, nur bis sonntag, jetzt sparen, sparen sie, spare, spar*, "
        "bis zu ... prozent, bis zu ... reduziert, reduziert!, reduzierte, sale!, ausverkauf!, schlussverkauf!, "
        "winterschlussverkauf!, schnäppchen!, bestpreis!, preiswert, günstig*, kostenlos*, gratis*, geschenkt, "
        "jetzt kaufen, jetzt bestellen, jetzt shoppen, jetzt entdecken, jetzt sichern, jetzt zugreifen, jetzt buchen, "
        "zum shop, zum angebot, zu den angeboten, einlösen, einlösbar!, versandkostenfrei!, gratisversand!, "
        "neuheiten!, neue kollektion, kollektion!, trends, must haves, lieblingsstück*!, topseller!, bestseller!, "
        "frühbucher*!, last minute, reiseschnäppchen!, urlaubsangebote!, deals!, deal, exklusiv*, nur für sie, "
        "nur für dich, treuepunkte!, bonuspunkte!, vorteile, mitgliedervorteil!, gewinnspiel!, verlosung!, "
        "gewinnen sie, mitmachen, black friday, cyber monday, osteraktion!, weihnachtsangebote!, frühlingsangebote!, "
        "sommer sale"
    ),
    "club-news": (
        "liebe mitglieder, liebe vereinsmitglieder, liebe freunde, liebe freundinnen, vereins*!, verein!, vorstand!, "
        "mitgliederversammlung!, jahreshauptversammlung!, ehrenamt*!, ehrenamtlich*!, vereinsleben!, vereinsheim!, "
        "trainingszeiten!, spielplan, hallenzeiten!, arbeitseinsatz!, gemeindebrief!, gemeinde, förderverein!, "
        "elternbeirat!, mitglieder, mitgliedschaft, saison, spieltag, chor*, orchester*, turnier*, aus dem vorstand, "
        "neues aus, neuigkeiten aus, berichte aus, terminvorschau!, terminübersicht!, freiwillige, helferinnen, "
        "helfer gesucht, projektbericht!"
    ),
    "product-news": (
        "neue funktionen, neue funktion, neue features, neue version, produktneuheiten!, produktupdate!, update, "
        "ab sofort verfügbar, jetzt verfügbar, jetzt neu, das ist neu, was ist neu, neuerungen!, verbesserungen, "
        "tipps und tricks, so nutzen sie, so holen sie, anleitung*, tutorial*, webinar*!, kostenloses webinar, "
        "whitepaper!, fallstudie!, fachartikel!, entdecken sie, entdecke, lernen sie, erfahren sie, roadmap!, beta"
    ),
    "list-footer": (
        "abbestellen!, abmelden!, abmeldung, austragen!, newsletter abbestellen, vom newsletter abmelden, "
        "keine weiteren e mails, keine e mails mehr, nicht mehr erhalten, sie erhalten diese, du erhältst diese, "
        "sie erhalten diesen, du bekommst diese, sie bekommen diese, weil sie sich, weil du dich, angemeldet haben, "
        "im browser ansehen, im browser öffnen, im browser anzeigen, online ansehen, webversion!, onlineversion!, "
        "darstellungsprobleme!, wird nicht richtig dargestellt, impressum!, datenschutzerklärung!, datenschutz, "
        "einstellungen verwalten, e mail einstellungen, abonnement verwalten, weiterempfehlen!, folgen sie uns, "
        "folge uns, alle rechte vorbehalten, verteiler, aus dem verteiler, adressbuch hinzu"
    ),
}
