"""Words that speak for a kind of mail, in German and English: our own short lists, kept as data.

A list holds words and phrases that many senders use, never the wording of one sender. `stem*` is a
beginning, `*stem` an ending (German compounds); the rest are whole words.
"""

from __future__ import annotations

# What the subject, the text and the sender's name are searched for.
CUES: dict[str, str] = {
    "finance": (
        "rechnung, rechnungen, rechnungs*, *rechnung, *rechnungen, gutschrift*, kontoauszug*, kontostand, "
        "überweisung*, lastschrift*, abbuchung*, abgebucht, zahlung*, *zahlung, mahnung*, *abrechnung, "
        "umsatzsteuer, mwst, iban, steuer*, *steuer, fälligkeit, fällig, betrag, gesamtbetrag, wertpapier*, "
        "depot*, kredit*, guthaben, beitrags*, invoice*, receipt, receipts, payment*, payable, billing, "
        "amount due, balance due, direct debit, refund*, account statement, bank statement, credit card, "
        "remittance, payslip, payroll, vat, loan, mortgage, transaction*, dividend*, total due, wire transfer, "
        "quarterly statement, tax, taxes"
    ),
    "shopping": (
        "bestellung*, *bestellung, bestellt, bestellnummer, sendung, sendungs*, paket, pakets, lieferung*, "
        "*lieferung, versand*, versendet, zugestellt, zustellung, liefertermin, retoure*, rücksendung*, "
        "buchungs*, buchung, reservierung*, gebucht, reise, flug, bordkarte, fahrkarte*, ticket, tickets, "
        "warenkorb, kauf, einkauf, your order, order confirmation, order number, order no, your purchase, "
        "shipped, shipping, shipment*, parcel, package, delivered, out for delivery, tracking, courier, booking*, "
        "booked, reservation*, itinerary, boarding pass, flight, e ticket, checkout, your basket, cart, "
        "dispatched, return label"
    ),
    "newsletter": (
        "newsletter*, *newsletter, rundbrief, abbestellen, abmelden, austragen, unsubscribe, im browser, "
        "in your browser, view online, online ansehen, webversion, you are receiving this, you received this, "
        "sie erhalten diese, du erhältst diese, weekly, wöchentlich*, monthly, monatliche, digest, roundup, "
        "ausgabe, edition, issue no, read more, weiterlesen, mehr lesen, editorial, top stories, wochenrückblick, "
        "mailing list, email preferences"
    ),
    "promotion": (
        "rabatt*, gutschein*, angebote, sonderangebot*, sparen, sale, jetzt kaufen, jetzt sichern, "
        "jetzt bestellen, shop now, buy now, discount*, voucher*, coupon*, special offer, offers, deals, "
        "kostenloser versand, free shipping, exklusiv*, exclusive, nur noch, limited time, neue kollektion, "
        "new collection, new arrivals, percent off, schnäppchen, bestseller, jetzt entdecken, discover now, "
        "black friday, jetzt shoppen"
    ),
    "notification": (
        "automatically generated, automatisch generiert, automatisch generierte, automatisch erstellt, "
        "automatisch erstellte, automatisch erzeugt, automatisch erzeugte, automated message, "
        "automatische nachricht, systemnachricht, do not reply, nicht auf diese, antworten sie nicht, "
        "notification*, benachrichtigung*, alert, alerts, build, pipeline, deployment, deployed, backup, backups, "
        "monitoring, incident, störung*, störungsmeldung, wartung*, maintenance, ticket, pull request, merged, "
        "cron*, speicherplatz, disk, server, statusmeldung, status update, has been completed, "
        "wurde abgeschlossen, report is ready, returned mail, undeliverable, undelivered, delivery status, "
        "unzustellbar, out of office, abwesenheit*, automatic reply, automatische antwort, service status, "
        "protokoll, threshold, schwellwert"
    ),
    "invitation": (
        "einladung*, *einladung, eingeladen, einladen, lade, besprechung, *besprechung, terminanfrage, "
        "terminvorschlag, terminabstimmung, invitation*, invite, invited, inviting, save the date, rsvp, "
        "um zusage, zusagen, absagen, zugesagt, appointment, meeting request, calendar, kalender, join us, "
        "sommerfest, geburtstagsfeier, feiern, treffpunkt, um antwort wird gebeten, are you coming, "
        "seid ihr dabei, kommst du, teilnahme, accept or decline"
    ),
    "social": (
        "follower, followers, followed you, following you, folgt dir, folgt ihnen, folgen dir, liked your, "
        "likes your, gefällt, mentioned you, hat dich, erwähnt, friend request, freundschaftsanfrage, "
        "kontaktanfrage, connection request, wants to connect, vernetzen, commented on your, kommentiert, "
        "dein beitrag, deinen beitrag, ihr beitrag, ihren beitrag, your post, your photo, dein foto, "
        "your profile, dein profil, ihr profil, people you may know, your network, netzwerk, reacted to, "
        "reagiert, new connections, neue kontakte, timeline"
    ),
    "security": (
        "passwort*, *passwort, password*, security, sicherheit, kennwort*, verification code, bestätigungscode, "
        "sicherheitscode, login code, security code, einmalcode, one time code, one time password, anmeldecode, "
        "zugangscode, sign in, signed in, log in attempt, login, logins, anmeldung, anmeldeversuch, angemeldet, "
        "neues gerät, neuen gerät, new device, two factor, two step, zwei faktor, 2fa, otp, tan, verify your, "
        "verifizier*, security alert, sicherheits*, security notice, zurücksetzen, reset your, suspicious, "
        "unusual activity, ungewöhnliche, verdächtig*, api key, recovery, wiederherstellung*, passkey, "
        "authenticator, your account was accessed"
    ),
    "code": (
        "verification code, bestätigungscode, sicherheitscode, security code, einmalcode, one time code, "
        "login code, one time password, anmeldecode, zugangscode, otp, sign in code, access code, code lautet, "
        "code is, tan"
    ),
    "greeting": (
        "hallo, hi, hey, hello, lieber, liebe, moin, servus, guten morgen, guten tag, guten abend, good morning, "
        "sehr geehrter, sehr geehrte, dear, grüß dich, morning"
    ),
    "farewell": (
        "viele grüße, liebe grüße, beste grüße, herzliche grüße, schöne grüße, freundlichen grüßen, "
        "freundliche grüße, gruß, grüße, lg, vg, mfg, bis bald, bis dann, best regards, kind regards, "
        "warm regards, regards, cheers, best wishes, all the best, many thanks, see you, take care, sincerely, "
        "yours, talk soon, danke dir"
    ),
    "mass-greeting": (
        "liebe kunden, liebe kundin, lieber kunde, liebe kundinnen, geehrte kundin, geehrter kunde, "
        "geehrte kunden, liebe leser, liebe leserin, liebe leserinnen, liebe abonnenten, liebe abonnentin, "
        "lieber abonnent, liebe freunde, liebe mitglieder, dear customer, dear customers, valued customer, "
        "dear subscriber, dear subscribers, dear reader, dear readers, dear user, dear member, dear members, "
        "dear friend, hello everyone, dear sir, dear madam"
    ),
    "first-person": "ich, mir, mich, mein, meine, meinen, i, me, my, mine, we, wir, uns, unser, unsere",
    "request": (
        "kannst du, könntest du, kannst, könntest, können sie, könnten sie, könnt ihr, magst du, würdest du, "
        "could you, can you, would you, will you, please send, please review, please confirm, please let, "
        "let me know, bitte um, bitte sende, bitte senden, bitte schick, bitte schicke, bitte schicken, "
        "bitte prüfe, bitte prüfen, bitte gib, bitte geben, bitte bestätige, bitte bestätigen, gib mir bescheid, "
        "rückmeldung, brauche, ich benötige, wir benötigen, i need, we need, need your, brauchen wir, "
        "waiting for your, warte auf, freigabe, freigeben, approval, approve, unterschreib*, unterschrift, "
        "sign the, your feedback, dein feedback, ihre antwort, deine antwort, your answer, your reply, "
        "get back to me, meld dich, melde dich"
    ),
    "urgent": (
        "urgent, urgently, dringend*, asap, so schnell wie möglich, as soon as possible, sofort, sofortige, "
        "umgehend, unverzüglich, schnellstmöglich, immediately, immediate, eilt, eilig, right away, "
        "time sensitive, action required, handlungsbedarf, critical, kritisch*, emergency, notfall*, ausfall, "
        "ausgefallen, outage, down"
    ),
    "trouble": (
        "alert, alerts, warning, warnung, störung, fehler, fehlgeschlagen, failed, failure, error, incident, "
        "alarm, gestört, abgelehnt, declined, rejected, expiring, läuft ab, abgelaufen, expired, problem"
    ),
    "reminder": (
        "erinnerung, *erinnerung, erinnern, reminder, mahnung, letzte mahnung, überfällig*, overdue, past due, "
        "final notice, noch offen, outstanding, following up, follow up, nachhaken, steht noch aus, last call"
    ),
    "soon": (
        "heute, noch heute, today, tonight, tomorrow, morgen um, morgen früh, morgen vormittag, "
        "morgen nachmittag, übermorgen, this afternoon, this morning, this evening, eod, end of day, "
        "in einer stunde, in an hour"
    ),
    "no-hurry": (
        "fyi, zur info, zur information, zur kenntnis, for your information, no action, keine aktion, no need to, "
        "kein handlungsbedarf, keine antwort nötig, nichts tun, keine eile, eilt nicht, no rush, no hurry, "
        "when you have time, wenn du zeit hast, bei gelegenheit, whenever you, nicht dringend, not urgent"
    ),
    "serious": (
        "vertrag, vertrags*, *vertrag, kündigung*, bescheid, *bescheid, finanzamt, behörde, anwalt*, "
        "rechtsanwalt*, gericht, gerichts*, polizei, versicherung*, arzt, diagnose, befund, bewerbung*, "
        "vorstellungsgespräch, mietvertrag, contract*, termination, lawyer, attorney, court, tax office, "
        "insurance, medical, diagnosis, job offer, interview, legal notice, lease, board meeting, resignation, "
        "audit, proposal, angebot, kostenvoranschlag"
    ),
    "scam": (
        "lottery, lotterie*, erbschaft, inheritance, million dollars, millionen dollar, millionen euro, "
        "million usd, million euro, next of kin, beneficiary, you have won, sie haben gewonnen, you won, "
        "gewinnbenachrichtigung, claim your, barrister, unclaimed, western union, moneygram, transfer of funds, "
        "confidential business, jackpot, business proposal, fund transfer, foreign partner, preis abholen, "
        "gewinn einlösen, cash prize"
    ),
    "pills": (
        "viagra, cialis, levitra, weight loss, lose weight, pills, potenzmittel, enlargement, enhancement, "
        "casino, freispiele, porn*, xxx, adult, hot singles, rolex, replica*, hgh, abnehmpillen, einsame frauen, "
        "prescription, online pharmacy, testosterone, anti aging, herbal, sex, sexy, horny, nude"
    ),
    "quick-money": (
        "double your, earn money, geld verdienen, extra income, passives einkommen, nebenverdienst, "
        "work from home, make money, financial freedom, risk free, risikofrei*, no obligation, get rich, "
        "ohne schufa, sofortkredit, guaranteed, no credit check, refinance, mortgage rates, lowest rates, "
        "bitcoin trading, trading bot, diploma, university degree, bulk email, million email, be your own boss, "
        "debt, free trial, satisfaction, 100 free, hohe rendite, garantierte gewinne, krypto bonus, order now, "
        "act now, money back, call now, toll free"
    ),
    "phish": (
        "verify your account, account will be, konto wird gesperrt, konto wurde gesperrt, "
        "konto wurde eingeschränkt, account suspended, account has been suspended, account has been limited, "
        "account limited, zahlungsdaten aktualisieren, update your payment, confirm your identity, "
        "daten bestätigen, identität bestätigen, mailbox is full, mailbox quota, postfach voll, "
        "postfach ist voll, zollgebühr*, customs fee, konnte nicht zugestellt, verify your identity, "
        "account deactivated, konto verifizieren, vermeiden sie die sperrung, validate your"
    ),
    "click": (
        "click here, click below, click the link, klicken sie hier, hier klicken, klicke hier, link unten, "
        "visit our, to be removed, be removed from, removed from our, this is not spam, opt out, remove me, "
        "removal"
    ),
    "robot": (
        "noreply, no reply, donotreply, do not reply, nicht antworten, keine antwort, mailer daemon, postmaster, "
        "notification, notifications, notify, benachrichtigung, alert, alerts, automat*, auto, bot, robot, "
        "daemon, cron, system, root, jenkins, bounce, bounces, monitoring, admin, status"
    ),
    "role": (
        "newsletter, news, info, kontakt, contact, office, service, kundenservice, support, team, sales, "
        "vertrieb, marketing, mailing, offers, angebote, shop, store, redaktion, hello, orders, bestellung*, "
        "rechnung*, billing, buchhaltung, accounts, kundendienst, customer, versand, hotline, events, member*, "
        "club, list"
    ),
}

# Companies that most readers know by one label of their domain.
KNOWN_DOMAINS: dict[str, str] = {
    label: group
    for group, labels in {
        "social": "facebook facebookmail linkedin xing twitter instagram pinterest tiktok mastodon nebenan nextdoor",
        "shopping": "amazon ebay zalando otto dhl ups fedex dpd gls etsy ikea bahn booking airbnb lufthansa ryanair",
        "finance": "paypal stripe klarna sparkasse dkb n26 comdirect commerzbank wise revolut americanexpress elster",
        "notification": "github gitlab bitbucket atlassian slack trello asana sentry jenkins pagerduty",
    }.items()
    for label in labels.split()
}  # fmt: skip
