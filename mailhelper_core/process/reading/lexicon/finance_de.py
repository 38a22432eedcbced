"""German cues of mail about money, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "invoice": (
        "rechnung!, rechnungen, *rechnung!, *rechnungen, rechnungs*!, rechnungsnummer!, rechnungsbetrag!, "
        "kundennummer, zahlungsziel!, nettobetrag!, bruttobetrag!, gesamtbetrag, endbetrag, rechnungsdatum!, "
        "leistungszeitraum!, anbei ... rechnung, rechnung ... anhang, rechnung für, ihre rechnung, deine rechnung, "
        "unsere rechnung, neue rechnung, als pdf, umsatzsteuer, mwst, ust id, steuernummer, netto, brutto, "
        "verwendungszweck!, innerhalb von ... tagen, ohne abzug, zahlbar bis, zahlbar innerhalb, fällig am, "
        "zu zahlender betrag, bitte überweisen, überweisen sie, honorar*, gutschrift*, quittung!, zahlungsbeleg!, "
        "zahlungseingang!, eingang ihrer zahlung, zahlung erhalten, kundenkonto, offene posten, rechnungskopie!, "
        "rechnungskorrektur!"
    ),
    "dunning": (
        "zahlungserinnerung!, mahnung!, mahngebühr*!, mahnverfahren!, zahlungsverzug!, in verzug, überfällig!, "
        "überfällige!, überfälligen!, noch offen, offener betrag, offenen betrag, offene rechnung, offenen rechnung, "
        "ausstehend*, noch nicht beglichen, begleichen sie, begleichen, inkasso*!, kein zahlungseingang, "
        "keinen zahlungseingang, zahlungsfrist!, letzte mahnung, erste mahnung, zweite mahnung, verzugszinsen!, "
        "nicht ausgeglichen, ausgleich ... rechnung, zahlung ... überschritten, säumnis*!, rückstand, rückständ*, "
        "sollten sie ... bereits gezahlt, bereits überwiesen, betrachten sie ... gegenstandslos, rücklastschrift!"
    ),
    "bank-account": (
        "kontoauszug!, kontoauszüge!, kontostand!, girokonto!, tagesgeld*!, festgeld*!, sparkonto!, onlinebanking!, "
        "online banking, ihre bank, ihre sparkasse, elektronisches postfach, neue dokumente, neues dokument, "
        "dokument ... postfach, in ihrem postfach, kreditkartenabrechnung!, umsätze, umsatzübersicht!, saldo, "
        "bankverbindung!, iban, bic, dispo*!, überziehung*!, kontoführung*!, kontomodell!, zinssatz*, zinsen, "
        "habenzinsen!, depotauszug!, kartenzahlung!, karte ... belastet, girocard!, debitkarte!, sparplan!, "
        "kontobewegung*!, auszug, quartalsauszug!, jahresauszug!, bankberater*"
    ),
    "payment": (
        "zahlung, zahlungen, zahlungsbestätigung!, überweisung!, überweisungen, überwiesen, überweisungsbetrag!, "
        "gutgeschrieben, eingezahlt, auszahlung!, ausgezahlt!, einzahlung!, geldeingang!, zahlung ... eingegangen, "
        "zahlung ... ausgeführt, zahlung ... gesendet, geld gesendet, geld erhalten, zahlung an, "
        "sie haben ... gezahlt, transaktion!, transaktions*!, transaktionen!, zahlungsart, zahlungsmittel, "
        "zahlung fehlgeschlagen, zahlung abgelehnt, konnte nicht abgebucht, echtzeitüberweisung!, dauerauftrag!, "
        "daueraufträge!"
    ),
    "debit": (
        "lastschrift*!, sepa*!, sepa mandat, mandatsreferenz!, gläubiger id, einzugsermächtigung!, abbuchung!, "
        "abbuchen, abgebucht!, buchen ... ab, ziehen ... ein, eingezogen!, einziehen, einzug, abbuchungstermin!, "
        "beitragsrechnung!, monatsbeitrag!, jahresbeitrag!, mitgliedsbeitrag!, abo, abonnement, ihr abo, dein abo, "
        "verlängert sich, automatisch verlängert, verlängerung ihres, nächste abbuchung, tarif, tarifwechsel!, "
        "tarifänderung!, preisanpassung!, preiserhöhung, monatlich, vertragsnummer!, vertragslaufzeit!, laufzeit, "
        "kündigungsfrist!, vertragsverlängerung!, grundgebühr!, belasten ... konto, konto ... belastet"
    ),
    "tax": (
        "finanzamt!, steuerbescheid!, steuererklärung!, einkommensteuer*!, umsatzsteuervoranmeldung!, steuer*, "
        "vorauszahlung!, vorauszahlungsbescheid!, elster!, steuerberater*!, lohnsteuer*!, grundsteuer*!, "
        "gewerbesteuer*!, kfz steuer, steuernummer, steuer id, identifikationsnummer, bescheid!, *bescheid!, "
        "gebührenbescheid!, abgabenbescheid!, bußgeld*!, rundfunkbeitrag!, aktenzeichen!, geschäftszeichen!, "
        "einspruch, rechtsbehelf*!, behörde, stadtverwaltung!, stadtkasse!, kassenzeichen!, zoll, nachzahlung!, "
        "steuererstattung!, abgabefrist!, festsetzung!, festgesetzt!, belege einreichen, unterlagen ... einreichen"
    ),
    "insurance": (
        "versicherung!, *versicherung!, versicherungs*!, versicherungsschein!, police!, versicherungsnummer!, "
        "versicherte*, schadensmeldung!, schadensnummer!, schaden ... gemeldet, selbstbeteiligung!, haftpflicht*!, "
        "hausrat*!, krankenkasse*!, krankenversicherung!, prämie, beitragsanpassung!, beitragsbescheinigung!, "
        "zusatzbeitrag!, leistungsabrechnung!, kostenübernahme!, deckung*, versicherungsschutz!, rente*, riester*!, "
        "rentenversicherung!, altersvorsorge!, beitrag ... fällig, beitrag ... abgebucht, ihren beitrag"
    ),
    "salary": (
        "gehalt, gehalts*!, gehaltsabrechnung!, lohn, lohnabrechnung!, entgeltabrechnung!, verdienstabrechnung!, "
        "lohnsteuerbescheinigung!, reisekosten*!, reisekostenabrechnung!, spesen*!, auslagen, bonuszahlung!, "
        "weihnachtsgeld!, urlaubsgeld!, sozialversicherung*!, lohnbuchhaltung!, personalabteilung"
    ),
    "loan": (
        "kredit!, kredite, kreditvertrag!, kreditkarte!, kreditkarten*!, darlehen*!, rate, raten, ratenzahlung!, "
        "monatsrate!, tilgung*!, baufinanzierung!, finanzierung*, leasing*!, schufa!, restschuld!, zinsbindung!, "
        "bürgschaft!, kaution, hypothek*!, ratenplan!"
    ),
    "investment": (
        "depot!, wertpapier*!, aktien*, fonds!, etf!, dividende*!, börse*, kursgewinn!, ausschüttung!, anlage*, "
        "order ausgeführt, wertpapierabrechnung!, freistellungsauftrag!, sparrate!, portfolio, rendite*, "
        "quartalsbericht ... fonds, kapitalertrag*!, jahressteuerbescheinigung!, verkaufsabrechnung!"
    ),
    "utility": (
        "stromrechnung!, gasrechnung!, nebenkosten*!, nebenkostenabrechnung!, betriebskosten*!, heizkosten*!, "
        "jahresabrechnung!, abschlag!, abschläge!, abschlags*!, stadtwerke!, stromtarif!, zählerstand!, verbrauch, "
        "verbrauchsabrechnung!, kilowattstunden!, kwh!, energieversorger!, strompreis*!, gaspreis*!, netzbetreiber!, "
        "mobilfunkrechnung!, telefonrechnung!, internetanschluss, mietzahlung!, kaltmiete!, warmmiete!, miete"
    ),
    "donation": (
        "spende!, spenden, spendenquittung!, spendenbescheinigung!, zuwendungsbestätigung!, ihre spende, "
        "deine spende, danke ... spende, dank ... spende, unterstützung ... euro, spendenkonto!"
    ),
}
