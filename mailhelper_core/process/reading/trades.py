"""The trade of a sender, by what it calls itself: a bank, a carrier, a newspaper; words of names, German and English.

A trade says nothing of one mail: banks send codes, statements and advertising. It says which mails are likely.
"""

from __future__ import annotations

from functools import cache

from mailhelper_core.model.mail.message import Address
from mailhelper_core.model.mail.words import SENDER_WORDS, words
from mailhelper_core.process.reading.index import CueIndex, cues_of

# Trade -> words of names, as in the lexicon: `stem*` is a beginning, `*stem` an ending.
TRADES: dict[str, str] = {
    "bank": (
        "bank, *bank, banking, bankhaus, banque, sparkasse, *sparkasse, kreditbank, raiffeisen*, volksbank*, "
        "bausparkasse, kreditkarten, savings, building society, credit union, finance, finanz, finanzen, capital, "
        "broker*, invest*, treasury, payments, wallet, lending, trust"
    ),
    "insurer": (
        "versicherung*, *versicherung, *versicherungen, assekuranz*, insurance, insurers, assurance, mutual, "
        "krankenkasse, *krankenkasse, pensionskasse, *kasse, underwriters, rückversicherung, insure, vorsorge*"
    ),
    "carrier": (
        "parcel*, courier*, kurier*, paket*, *paket, post, *post, postal, logistik*, *logistik, logistics, express, "
        "spedition*, versand, cargo, freight, shipping, delivery, deliveries, dispatch, haulage, zustell*, transport*"
    ),
    "travel": (
        "reise*, *reisen, travel*, tours, touristik*, holiday*, vacations, airline*, airways, air, fluggesellschaft, "
        "flug*, bahn, *bahn, bahnen, rail*, trains, ferries, ferry, hotel*, hostel*, cruises, kreuzfahrt*, urlaub*, "
        "coaches, fernbus*, lines, journeys, trips, ferien*"
    ),
    "utility": (
        "energie*, *energie, energy, power, gas, *gas, strom, *strom, electric*, water, wasser*, *wasser, "
        "*wasserwerk, stadtwerk*, *werke, heating, fernwärme*, grid, *grid, netze, entsorgung*, abfall*, waste, "
        "supply, versorg*, solar"
    ),
    "telecom": (
        "telekom*, telecom*, telefon*, mobile, mobil, *mobil, mobilfunk*, *funk, broadband, fibre, fiber, "
        "glasfaser*, kabel*, internet, wireless, cellular, *fon, *phone, telephone, *net, *tel, dsl, festnetz, "
        "network services"
    ),
    "authority": (
        "amt, *amt, *amtes, behörde*, *behörde, gemeinde*, stadt, stadtverwaltung, *verwaltung, landkreis, kreis, "
        "landratsamt, rathaus, magistrat, ministerium*, *ministerium, bundes*, finanzamt*, gericht, *gericht, "
        "council, borough, county, revenue, tax, customs, authority, agency, department, ministry, court, "
        "government, municipal, municipality, township, registry, zoll, *kasse, city of, town of, hmrc, irs"
    ),
    "press": (
        "zeitung*, *zeitung, anzeiger, *anzeiger, magazin*, *magazin, magazine, journal, tribune, gazette, herald, "
        "times, chronicle, observer, courier news, echo, rundschau, *blatt, bote, *bote, verlag*, *verlag, review, "
        "digest, weekly, daily, news, nachrichten, kurier zeitung, morning, evening, press, presse, post zeitung, "
        "ledger, bulletin, monthly, wochen*, tages*, dispatch, *brief, redaktion, publishing, media, medien"
    ),
    "association": (
        "verein, *verein, vereinigung, verband, *verband, club, *club, klub, society, association, choir, chor, "
        "*chor, orchester, orchestra, union, league, foundation, stiftung, *stiftung, *freunde, freundeskreis, "
        "friends of, guild, gilde, genossenschaft, initiative, sportverein, turnverein, *gemeinschaft, feuerwehr, "
        "rotary, scouts, pfadfinder, kirchengemeinde, parish, church, charity, trust, fellowship, gartenfreunde, "
        "alumni, band, ensemble"
    ),
    "software": (
        "software, *software, soft, *soft, cloud*, *cloud, app, apps, *app, systems, systeme, it, tech*, *tech, "
        "labs, lab, code, *code, data*, *data, daten*, digital*, *hub, *stack, stack*, dev, developers, hosting, "
        "host, servers, io, *ly, computing, technologies, solutions, saas, platform, build*, *ware, *box, *base, "
        "*desk, cyber*, informatik"
    ),
    "shop": (
        "shop, *shop, store, stores, books, bücher*, buchhandlung, mode, *mode, möbel*, versandhaus, market, *markt, "
        "markt, goods, garten*, spielwaren, supplies, boutique, fashion, clothing, shoes, schuhe, warenhaus, "
        "kaufhaus, handel, *handel, handlung, apotheke, pharmacy, drogerie, bakery, bäckerei, florist, blumen*, "
        "haushaltswaren, furniture, hardware, baumarkt, elektronik, electronics, jewel*, sport*, outdoor*, "
        "ausrüster, kitchen, home, wares, trading, provisions, deli, wein*, coffee, kaffee*, manufaktur, *laden, "
        "laden, toys"
    ),
    "network": (
        "circle*, *circle, connect*, network, networks, netzwerk*, people*, *people, community, communities, "
        "freunde, friends, friend*, *book, social, *gram, *space, *tree, *link, *linked, meet*, *chat, *talk, crowd, "
        "forum, nachbar*, neighbour*, neighbor*, kontakte, contacts, profile, *kreis, *treff"
    ),
}


def trades_of(sender: Address) -> frozenset[str]:
    """Answer the trades that the words of a sender's name and domain speak for."""
    domain = sender.domain.rpartition(".")[0].replace(".", " ").replace("-", " ")
    return frozenset(cue.group for cue in _index().find(words(f"{sender.name} | {domain}", SENDER_WORDS)))


@cache
def _index() -> CueIndex:
    return CueIndex([cue for trade, listed in TRADES.items() for cue in cues_of(listed, trade)])
