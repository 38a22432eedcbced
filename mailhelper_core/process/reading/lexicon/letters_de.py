"""German cues of what people write to each other, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "private-letter": (
        "mama!, papa!, oma!, opa!, tante, onkel, schwester, bruder, schwiegereltern!, eltern, kinder, die kinder, "
        "die kleinen, tochter, sohn, familie, freundin, kumpel, nachbarin, am wochenende, letztes wochenende, "
        "nächstes wochenende, wie geht es dir, wie geht es euch, wie geht's, wie war dein, wie war euer, was macht, "
        "was machst du, hoffe es geht, mir geht es, uns geht es, geht es besser, gute besserung, alles gute, "
        "liebe grüße, viele grüße, lg, glg, bis bald, bis dann, bis später, bis morgen, freu mich, ich freue mich, "
        "freue mich schon, umarmung!, umarme!, drück dich, küsschen!, bussi!, dicken kuss, liebe dich, vermisse, "
        "denk an dich, grüß, grüße an, grüß alle, erzähl, erzählen, erzählt, ruf mich an, ruf mal an, telefonieren, "
        "melde dich, melde mich, hast du lust, hast du zeit, habt ihr zeit, was meinst du, was hältst du, sag mal, "
        "weißt du noch, stell dir vor, übrigens, leider, endlich, gestern, neulich, hab, habe ich, haben wir, "
        "mach dir, lass uns, ausflug!, wandern!, spazieren!, garten, urlaub, ferien, kochen, rezept!, kuchen, "
        "spielplatz!, schule, kita!, arzt, krank, umzug, umziehen, haustier!, katze, hund, geliehen!, ausleihen!, "
        "leihen, vorbeikommen, vorbeibringen!, schaffe es nicht, fotos, bilder vom"
    ),
    "work-letter": (
        "kollegin, kollege, kollegen, kolleginnen, wie besprochen, wie vereinbart, wie gewünscht, wie telefonisch, "
        "im anhang finden, anbei, anbei finden, anbei sende, angehängt, im anhang, entwurf!, konzept!, präsentation!, "
        "folien!, protokoll, projekt, projekt*, kunde, kunden, angebot, vertrag, vertragsentwurf!, rücksprache!, "
        "rückfrage!, rückfragen!, bei fragen, stehe ich, gerne zur verfügung, mit freundlichen grüßen, mfg, "
        "sehr geehrte, sehr geehrter, sehr geehrte damen und herren, guten tag, ich bitte, bitte um, könnten sie, "
        "können sie mir, würden sie, kannst du mir, könntest du, kannst du bitte, könntest du bitte, schick mir, "
        "schicken sie mir, lass mich wissen, gib mir, geben sie mir, bis wann, zeitplan!, termin, abstimmen!, "
        "abstimmung, freigabe, durchsehen, drüberschauen!, anmerkungen!, änderungen, ergänzungen!, bewerbung!, "
        "lebenslauf!, unterlagen, vorschlag, vorschlagen, ich würde vorschlagen, meiner meinung, aus meiner sicht, "
        "ich denke, ich finde, ich glaube, ich habe, ich hätte, ich würde, ich werde, ich wollte, wir haben, "
        "wir sollten, wir könnten, wir müssen, hast du, hast du schon, kannst du, haben sie, team, abteilung, budget, "
        "liefertermin, kostenvoranschlag!"
    ),
    "answering": (
        "danke für deine, danke für ihre, danke für die, vielen dank für deine, vielen dank für ihre, "
        "danke für deine nachricht, danke für die schnelle, schnelle antwort, danke dir, danke euch, deine mail, "
        "deine frage, ihre frage, deine e mail, auf deine frage, zu deiner frage, wie du schreibst, "
        "wie sie schreiben, wie du sagst, stimme zu, stimme dir zu, sehe ich auch so, sehe ich anders, sehe das, "
        "da hast du recht, du hast recht, einverstanden!, passt mir, passt gut, das passt, passt für mich, "
        "klingt gut, hört sich gut an, alles klar, gerne, klar, genau, geht klar, in ordnung, bei mir, bei uns auch, "
        "leider nicht, leider kann ich, habe ich gemacht, erledigt, ist erledigt, melde mich, schaue es mir an, "
        "schau ich, noch eine frage, wie gesagt, nochmal, noch mal, dann machen wir, machen wir so, dann bis, "
        "verstehe, verstanden, hm, naja, tut mir leid, entschuldige!, sorry, kein problem, macht nichts, gute idee, "
        "weiß ich nicht, keine ahnung, bin dafür, bin dagegen, hat jemand, kennt jemand, weiß jemand, "
        "jemand von euch, hallo zusammen, in die runde, liste, bei mir funktioniert"
    ),
}
