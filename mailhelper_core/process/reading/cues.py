"""Words that speak for a kind of mail, in German and English: our own short lists, kept as data.

A list holds words and phrases that many senders use, never the wording of one sender. `stem*` is a
beginning, `*stem` an ending (German compounds); the rest are whole words.
"""

from __future__ import annotations

# What the subject, the text and the sender's name are searched for.
CUES: dict[str, str] = {
    "finance": (
        "rechnung, rechnungen, rechnungs*, *rechnung, *rechnungen, gutschrift*, kontoauszug*, kontostand, "
        "überweisung*, lastschrift*, abbuchung*, abgebucht, zahlung*, *zahlung, mahnung*, *abrechnung, umsatzsteuer, "
        "mwst, iban, steuer*, *steuer, fälligkeit, fällig, betrag, gesamtbetrag, wertpapier*, depot*, kredit*, "
        "guthaben, beitrags*, invoice*, receipt, receipts, payment*, payable, billing, amount due, balance due, "
        "direct debit, refund*, account statement, bank statement, credit card, remittance, payslip, payroll, vat, "
        "loan, mortgage, transaction*, dividend*, total due, wire transfer, quarterly statement, tax, taxes, auszug, "
        "konto, sparkonto, zinsen, zinssatz, steuererklärung, beitrag zum, prämie, police, tarif, kontonummer, "
        "credited, debited, premium, policy, interest rate, savings, your balance, tax return, fees, "
        "rechnungsbetrag, gutgeschrieben, eingezogen, bezahlen, bezahlt, paid, pay, zahlbar, überwiesen, "
        "transferred, account number, saldo, kreditkarte*, girokonto, einzug, sepa, mandat, aktien, fonds, "
        "portfolio, spende, spenden*, donation, lohn, gehalt, salary, gebühr, gebühren, fee, raten, erstattung*, "
        "reimbursement, expenses, nachzahlung, vorauszahlung, abschlag, subtotal, zwischensumme, summe"
    ),
    "shopping": (
        "bestellung*, *bestellung, bestellt, bestellnummer, sendung, sendungs*, paket, pakets, lieferung*, "
        "*lieferung, versand*, versendet, zugestellt, zustellung, liefertermin, retoure*, rücksendung*, buchungs*, "
        "buchung, reservierung*, gebucht, reise, flug, bordkarte, fahrkarte*, ticket, tickets, warenkorb, kauf, "
        "einkauf, your order, order confirmation, order number, order no, your purchase, shipped, shipping, "
        "shipment*, parcel, package, delivered, out for delivery, tracking, courier, booking*, booked, reservation*, "
        "itinerary, boarding pass, flight, e ticket, checkout, your basket, cart, dispatched, return label, "
        "abholung, abholbereit, abholen, gekauft, bought, deliver, delivery, pick up, collect your, collect it, "
        "artikel, lieferant, paketshop, zusteller, unterwegs zu ihnen, on its way, your return, zurückgeschickt, "
        "lieferdatum, trackingnummer, sendungsnummer, spedition, abholstation, packstation, rückgabe, umtausch, "
        "storniert, stornieren, stornierung, hotel, unterkunft, ferienwohnung, sitzplatz, mietwagen, rental car, "
        "eintrittskarte*, your trip, your stay, order status, bestellstatus, auftragsbestätigung, check in, "
        "check out, gate, sent back, return, returned, rücksendung"
    ),
    "newsletter": (
        "newsletter*, *newsletter, rundbrief, abbestellen, abmelden, austragen, unsubscribe, im browser, "
        "in your browser, view online, online ansehen, webversion, you are receiving this, you received this, "
        "sie erhalten diese, du erhältst diese, weekly, wöchentlich*, monthly, monatliche, digest, roundup, ausgabe, "
        "edition, issue no, read more, weiterlesen, mehr lesen, editorial, top stories, wochenrückblick, "
        "mailing list, email preferences, magazin, magazine, news, neuigkeiten, rückblick, lesetipp*, blog, podcast, "
        "diese woche, this week, this month, in diesem monat, highlights, topics, themen, leser, readers, "
        "mitglieder, members, subscribe, subscribed, abonnieren, abonniert, abmeldung, impressum, "
        "all rights reserved, alle rechte vorbehalten, empfehlungen, recommendations"
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
        "automatische nachricht, systemnachricht, do not reply, nicht auf diese, antworten sie nicht, notification*, "
        "benachrichtigung*, alert, alerts, build, pipeline, deployment, deployed, backup, backups, monitoring, "
        "incident, störung*, störungsmeldung, wartung*, maintenance, ticket, pull request, merged, cron*, "
        "speicherplatz, disk, server, statusmeldung, status update, has been completed, wurde abgeschlossen, "
        "report is ready, service status, protokoll, threshold, schwellwert, hat ein dokument, ein dokument geteilt, "
        "shared a document, shared with you, mit ihnen geteilt, mit dir geteilt, für sie freigegeben, zugriff auf, "
        "access to the, priority, priorität, status, changed ticket, hat ticket, comment on, automatisch verschickt, "
        "automatisch gesendet, monatsbericht, tagesbericht, wochenbericht, report for, bericht für, jobs, "
        "fehlgeschlagen, failed, wieder erreichbar, degraded, wurde erstellt, has been created, wurde aktualisiert, "
        "has been updated, erfolgreich, successful, successfully, assigned to you, zugewiesen, kommentar, comment, "
        "hinterlassen, issue, task, aufgabe, release, uptime, downtime, cpu, storage, quota, läuft ab, expires soon, "
        "zertifikat, certificate, renewal, log, logs, nightly, workflow, sensor, kamera, messwert, zählerstand, "
        "dashboard, sync, synchronisiert, geteilt, einstellungen, settings"
    ),
    "invitation": (
        "einladung*, *einladung, eingeladen, einladen, besprechung, *besprechung, terminanfrage, terminvorschlag, "
        "terminabstimmung, invitation*, invite, invited, inviting, save the date, rsvp, um zusage, zusagen, absagen, "
        "zugesagt, appointment, meeting request, calendar, kalender, join us, sommerfest, geburtstagsfeier, feiern, "
        "treffpunkt, um antwort wird gebeten, are you coming, seid ihr dabei, kommst du, teilnahme, "
        "accept or decline, geburtstag, birthday, party, dinner, abendessen, feier, hochzeit, wedding, buffet, "
        "see you there, laden dich, laden euch, laden sie, einzuladen, herzlich ein, fest, grillen, barbecue, "
        "celebrate, hope to see you, hoffen dich, verschoben, rescheduled, postponed, abgesagt, cancelled, canceled, "
        "agenda, tagesordnung, versammlung, *versammlung, attend, attending, webinar, workshop, seminar, kick off, "
        "zoom, videokonferenz, video call, dabei bist, dabei sein"
    ),
    "social": (
        "follower, followers, followed you, following you, folgt dir, folgt ihnen, folgen dir, liked your, "
        "likes your, gefällt, mentioned you, hat dich, erwähnt, friend request, freundschaftsanfrage, "
        "kontaktanfrage, connection request, wants to connect, vernetzen, commented on your, kommentiert, "
        "dein beitrag, deinen beitrag, your post, your photo, dein foto, your profile, dein profil, ihr profil, "
        "people you may know, your network, netzwerk, reacted to, reagiert, new connections, neue kontakte, "
        "timeline, folgt, follows you, neue beiträge, new posts, gruppe, gruppen, groups, freundeskreis, kontakte, "
        "connect with, add you to, möchte sich mit, zum profil, see the profile, view profile, das profil, "
        "anfrage ansehen, view the request, sent you a message, hat dir eine nachricht, new message from, "
        "viewed your, hat dein, endorsed, congratulate, work anniversary, story, trending, community, tagged you, "
        "markiert, abonnenten, subscribers, veranstaltungen in deiner, in your area, in deiner nähe, join in, "
        "mach mit, reactions, reaktionen, freunde, friends"
    ),
    "security": (
        "passwort*, *passwort, password*, security, sicherheit, kennwort*, verification code, bestätigungscode, "
        "sicherheitscode, login code, security code, einmalcode, one time code, one time password, anmeldecode, "
        "zugangscode, sign in, signed in, log in attempt, login, logins, anmeldung, anmeldeversuch, angemeldet, "
        "neues gerät, neuen gerät, new device, two factor, two step, zwei faktor, 2fa, otp, tan, verify your, "
        "verifizier*, security alert, sicherheits*, security notice, zurücksetzen, reset your, suspicious, "
        "unusual activity, ungewöhnliche, verdächtig*, api key, recovery, wiederherstellung*, passkey, "
        "authenticator, your account was accessed, signing in, not you, nicht sie, warst du das, waren sie das, "
        "was this you, not request, nicht angefordert, share it with, ignore this, nachricht ignorieren, "
        "sicherheitsprüfung, zugang, zugangsdaten, access code, new sign in, neue anmeldung, is your code, "
        "anmeldelink, konto wiederherstellen, kontosicherheit, verify your email, confirm your email, "
        "bestätige deine, unbekanntes gerät, unrecognized, unknown device, magic link, einmalpasswort, "
        "zugriff auf ihr konto, access to your account, your account was, chrome, firefox, safari, ip adresse, "
        "ip address, ssh key, token, eingeloggt, logged in, was changed, wurde geändert, zwei schritt"
    ),
    "by-product": (
        "undeliverable, undelivered, returned mail, delivery status, unzustellbar, mail delivery, "
        "could not be delivered, nicht zugestellt werden, scan, gescannt, scanner, kopierer, copier, printer, "
        "drucker, scanned, faxnachricht, fax, read receipt, lesebestätigung"
    ),
    "absence": (
        "out of office, out of the office, automatic reply, automatische antwort, abwesenheitsnotiz, "
        "abwesenheit*, nicht im büro, im urlaub, on leave, on vacation, on holiday, vacation reply, autoreply, "
        "auto reply, am away until, bin bis"
    ),
    "survey": (
        "umfrage*, survey*, befragung, fragebogen, questionnaire, bewerten, bewertung*, rate us, rate your, "
        "wie zufrieden, how satisfied, how was, wie war ihr, ihre meinung, your opinion, kundenzufriedenheit, "
        "sternen"
    ),
    "code": (
        "verification code, bestätigungscode, sicherheitscode, security code, einmalcode, one time code, "
        "login code, one time password, anmeldecode, zugangscode, otp, sign in code, access code, code lautet, "
        "code is, tan, your code, ihr code, dein code, is your code, code für, code for, use code, gib den code, "
        "geben sie den code, code zum, use this code"
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
        "get back to me, meld dich, melde dich, schau bitte, schick mir, schickst du, sag mir, sagst du, "
        "bitte schau, passt dir, passt euch, passt ihnen, hast du zeit, haben sie zeit, does that work, "
        "would that work, are you free, do you have time, wann kannst, wann passt, could we, können wir, "
        "könnten wir, what do you think, was meinst du, was hältst du, do you know, weißt du, please look, "
        "please check, bitte lies, bitte um abgabe, wir bitten, we ask you, you need to, sie müssen, du musst"
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
