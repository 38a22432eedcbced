"""German cues of mail about what was bought, sent or booked, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "order": (
        "bestellung!, bestellungen, *bestellung!, bestellbestätigung!, auftragsbestätigung!, bestellnummer!, "
        "bestellübersicht!, bestellt!, bestelleingang!, bestelldatum!, bestellstatus!, bestell nr, auftragsnummer!, "
        "ihre bestellung, deine bestellung, danke ... bestellung, dank für ... bestellung, dank für ... einkauf, "
        "ihr einkauf, dein einkauf, ihres einkaufs, deinen einkauf, haben ... bestellt, hast ... bestellt, "
        "warenkorb!, artikel, artikelnummer!, stückzahl, menge, einzelpreis!, versandkosten!, lieferadresse!, "
        "rechnungsadresse!, lieferzeit!, voraussichtlich*, kaufbestätigung!, gekauft, kauf, käufer, verkäufer, "
        "händler*, wird bearbeitet, bearbeiten ... bestellung, bestellung ... eingegangen, bestellung ... storniert, "
        "vorbestellung!, lieferbar!, nicht mehr lieferbar, zwischensumme, onlineshop!"
    ),
    "delivery": (
        "versandbestätigung!, versandt!, versendet!, verschickt, versand, versand*, sendung!, sendungen, sendungs*!, "
        "sendungsverfolgung!, sendungsnummer!, sendungsstatus!, paket!, pakete, paket*!, päckchen!, lieferung!, "
        "lieferungen, *lieferung, liefertermin!, lieferdatum!, lieferstatus!, lieferschein!, zustellung!, "
        "zusteller*!, zugestellt!, zustellen, zustellversuch!, ausgeliefert!, unterwegs zu, ist unterwegs, "
        "auf dem weg, macht sich auf den weg, dem versand übergeben, an ... übergeben, übergeben an, "
        "versandunternehmen!, ablageort!, nachbarn abgegeben, beim nachbarn, empfänger, paketdienst!, spedition!, "
        "voraussichtliche zustellung, trackingnummer!, tracking, trackinglink!, wird geliefert, wird heute geliefert, "
        "wurde geliefert, lieferfenster!, lieferzeitraum!, teillieferung!, verspätet sich, verzögert sich"
    ),
    "pickup": (
        "abholung, abholbereit!, zur abholung, abholen, abholcode!, abholnummer!, abholstation!, packstation!, "
        "paketshop!, filiale, in der filiale, liegt ... bereit, bereit zur abholung, abgeholt werden, lagerfrist!, "
        "aufbewahrt, abholfrist!, nicht angetroffen, benachrichtigungskarte!, postfiliale!, ausweis, "
        "tage lang aufbewahrt, können ... abholen, kannst ... abholen"
    ),
    "refund": (
        "rücksendung!, rücksende*!, retoure!, retouren*!, rückerstattung!, rückerstattet!, erstattung!, erstattet!, "
        "erstatten, erstattungsbetrag!, umtausch!, umtauschen!, zurückgeschickt!, zurückgesendet!, widerruf*!, "
        "gutschrift, reklamation*!, storno*!, stornierung!, storniert!, rückgabe!, rückgabe*!, geld zurück, "
        "retourenlabel!, rücksendeetikett!, garantie*, gewährleistung!, kulanz*, ersatzlieferung!"
    ),
    "travel": (
        "reise*, buchung!, buchungs*!, buchungsnummer!, buchungsbestätigung!, buchungscode!, reservierungscode!, "
        "flug!, flüge!, flugnummer!, flugticket!, hinflug!, rückflug!, abflug!, ankunft, bordkarte!, boarding*!, "
        "gepäck*!, handgepäck!, online check in, fahrkarte*!, fahrschein*!, handyticket!, onlineticket!, "
        "zugverbindung!, zug fällt aus, ice, gleis, wagen, sitzplatz*!, sitzplatzreservierung!, reiseplan!, "
        "reiseunterlagen!, reiseverlauf!, reisedaten!, reservierung!, mietwagen!, fahrzeugabholung!, fähre, "
        "pauschalreise!, reisebüro!, reiseversicherung, reisepass, einreise*, ihre reise, deine reise, gute reise, "
        "fahrplanänderung!, verspätung, umsteigen, abfahrt, abfahrtszeit!, fluggesellschaft!, terminal, gate"
    ),
    "stay": (
        "hotel!, hotels, hotelbuchung!, unterkunft!, zimmer, doppelzimmer!, einzelzimmer!, übernachtung*!, nächte, "
        "anreise, abreise, check in ab, check out bis, gastgeber*, ferienwohnung!, ferienhaus!, pension, aufenthalt, "
        "ihr aufenthalt, dein aufenthalt, frühstück inklusive, gästehaus!, tischreservierung!, ihre reservierung, "
        "deine reservierung, reservierungsnummer!, ihren besuch, kostenlose stornierung, kurtaxe!"
    ),
    "entry-ticket": (
        "eintrittskarte*!, ticket, tickets, ihre tickets, deine tickets, dein ticket, ihr ticket, konzertkarte*!, "
        "kinokarte*!, theaterkarte*!, einlass!, sitzplatz, reihe, block, veranstaltungsort, print at home, "
        "ticketbestellung!, mobile ticket, qr code, vorverkauf!, platzkarte!, saal, vorstellung"
    ),
}
