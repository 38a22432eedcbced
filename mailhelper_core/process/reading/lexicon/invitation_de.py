"""German cues of mail that asks somebody to come, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "party": (
        "feier!, feiern!, gefeiert, *feier!, feiere, geburtstag!, geburtstags*!, runden geburtstag, hochzeit!, "
        "hochzeits*!, heiraten!, trauung!, standesamt!, polterabend!, verlobung!, taufe!, kommunion!, konfirmation!, "
        "jubiläum!, einweihung*!, einzugsfeier!, einweihungsparty!, party!, *party!, gartenparty!, grillen!, "
        "grillfest!, grillabend!, sommerfest!, straßenfest!, nachbarschaftsfest!, hoffest!, herbstfest!, "
        "weihnachtsfeier!, silvester*, adventskaffee!, fest, abschiedsfeier!, ausstand!, abendessen!, brunch!, "
        "kaffee und kuchen, lade ... ein, laden ... ein, lade dich, lade euch, laden dich, laden euch, "
        "herzlich eingeladen, seid ... eingeladen, bist ... eingeladen, möchten ... einladen, möchte ... einladen, "
        "wollen ... feiern, möchten ... feiern, möchte ... feiern, mit euch feiern, mit dir feiern, mitfeiern!, "
        "anstoßen!, freuen uns auf euch, freue mich auf euch, bringt ... mit, bring ... mit, salat mitbringen, "
        "mitbringen, für essen und trinken, für getränke, für speis, übernachtungsmöglichkeit!, kommt vorbei, "
        "komm vorbei, kommt doch, schön wenn ihr, schön wenn du, würde mich freuen wenn, würden uns freuen wenn, "
        "dabei wärst, dabei wärt, ab ... uhr bei uns, bei uns zu hause, bei uns im garten, hast du zeit und lust, "
        "habt ihr lust"
    ),
    "event": (
        "einladung!, einladungen!, einladung zu*, einladung zum, einladung zur, *einladung!, eingeladen!, einladen!, "
        "einzuladen!, lädt ... ein, laden wir, laden sie ... ein, herzlich ein, hiermit ... ein, save the date, "
        "termin vormerken, merkt euch, merk dir, vormerken!, teilnahme!, teilnehmen!, teilnahme ist kostenlos, "
        "anmeldung ... erforderlich, melden sie sich ... an, um anmeldung, jetzt anmelden, anmeldeschluss!, "
        "veranstaltung!, veranstaltungs*, tagung!, konferenz!, kongress!, seminar!, workshop!, vortrag!, vorträge!, "
        "podiumsdiskussion!, vernissage!, lesung!, führung, eröffnung!, tag der offenen tür, empfang, infoabend!, "
        "informationsveranstaltung!, elternabend!, versammlung!, *versammlung!, eigentümerversammlung!, stammtisch!, "
        "treffen, klassentreffen!, vereinstreffen!, messe, ehrengast!, programm, dresscode!, gäste"
    ),
    "meeting": (
        "besprechung!, *besprechung!, besprechungs*!, meeting!, meetings!, terminanfrage!, besprechungsanfrage!, "
        "termineinladung!, terminvorschlag!, terminvorschläge!, terminfindung!, terminabstimmung!, tagesordnung!, "
        "agenda!, jour fixe, sitzung!, *sitzung!, kick off, kickoff!, videokonferenz!, videocall!, telefonkonferenz!, "
        "zoom, teams besprechung, teams meeting, einwahl!, einwahldaten!, einwählen!, besprechungsraum!, "
        "konferenzraum!, raum, teilnehmer!, teilnehmende!, teilnehmerinnen!, protokollführung!, wiederkehrend, "
        "kalendereintrag!, kalender, termin, dauer, ort"
    ),
    "reply-wanted": (
        "um antwort wird gebeten, u a w g, uawg!, um zusage, um rückmeldung, rückmeldung bis, gebt ... bescheid, "
        "gib ... bescheid, sagt ... bescheid, sag ... bescheid, sagt ... zu, sag ... zu, zusagen!, absagen, zusage!, "
        "absage, ob ihr kommt, ob du kommst, ob sie kommen, wer kommt, ob ihr könnt, kommst du, kommt ihr, "
        "seid ihr dabei, bist du dabei, wer ist dabei, mit dabei, kannst du kommen, könnt ihr kommen, "
        "wie viele ... kommen, mit wie vielen personen, mit begleitung, partner mitbringen, angenommen, zugesagt!, "
        "abgelehnt, mit vorbehalt, vorläufig angenommen"
    ),
    "change-of-date": (
        "verschoben!, verschieben, verlegt!, neuer termin, neuen termin, abgesagt!, absagen, fällt aus, "
        "fällt ... aus, fallen ... aus, findet nicht statt, entfällt!, terminänderung!, terminverschiebung!, "
        "ersatztermin!, neues datum, muss leider ... abgesagt, leider absagen, findet ... statt, statt am, statt um"
    ),
}
