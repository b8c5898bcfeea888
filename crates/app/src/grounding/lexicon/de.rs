use super::Words;

pub(super) static WORDS: Words = Words {
    code: "de",
    small: "ab aber alle allem allen aller alles als also am an andere anderen anderer anderes auch auf aus außer \
        bei beide beiden beim bereits bin bis bist da dabei dadurch daher damit dann daran darauf darf daß dass davon \
        dazu dein dem den denen denn der deren des dessen deshalb die dies diese diesem diesen dieser dieses doch dort \
        du durch dürfen ein eine einem einen einer eines einige einigen er erst es etwa etwas euch euer für ganz gegen \
        gibt hat hatte hatten habe haben hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in indem \
        ins ist ja je jede jedem jeden jeder jedes jedoch jetzt kann kein keine keinem keinen keiner können könnte \
        machen man manche mehr mein meine mich mir mit muss müssen muß nach neben nicht nichts noch nun nur ob oder \
        oft ohne sehr sein seine seinem seinen seiner seit selbst sich sie sind so sogar solche solchen soll sollen \
        sollte sollten sondern sonst soweit sowie statt über um und uns unser unsere unter usw viel viele vielen vom \
        von vor wann war waren warum was weder weil weiter welche welchem welchen welcher welches wenig wenn wer werden \
        wie wieder will wir wird wo worden wurde wurden würde würden zu zum zur zwar zwischen",
    // German is verb-second: without the opening the sentence would start with its verb, so nothing is left out.
    connectives: "",
    dangling: "dies|diese|dieser|dieses|diesem|diesen|jener|jene|jenes|er|es|ihm|ihn|ihr|ihre|ihnen|sein|seine|das ist|\
        das war|das sind|das bedeutet|das heißt|das kann|das wird|das gilt|das hat|sie ist|sie hat|sie wird|sie war|\
        sie kann|sie sind die|jedoch|allerdings|daher|deshalb|deswegen|darum|somit|also|folglich|demnach|außerdem|\
        ferner|zudem|darüber hinaus|weiterhin|dabei|dadurch|dazu|damit|daran|darauf|daraus|darin|davon|danach|dagegen|\
        dafür|darunter|hierbei|hierfür|hierdurch|hierzu|hier|dort|dann|dennoch|trotzdem|und|aber|oder|denn|doch|\
        zunächst|schließlich|zum beispiel|beispielsweise|so|auch|ebenso|erstens|zweitens|drittens|andererseits|\
        einerseits|hingegen|im gegensatz dazu|solche|solcher|letztere|letzterer|erstere|ersterer|beide|in diesem fall|\
        aus diesem grund|auf diese weise|nun|nur so|sonst|anschließend|ansonsten|stattdessen|oben|unten|z. b.|d. h.|\
        deren|dessen|welche|welcher|welches|wobei|wodurch|weshalb|zudem|gleichzeitig|sondern",
    determiners: "der die das den dem des ein eine einen einem einer eines im zum zur vom am beim ins von",
    demonstratives: "diesem diesen dieser dieses diese solchen solcher",
    see: "siehe|vgl.|vergleiche",
    pointing: "folgende|folgenden|folgender|im folgenden|oben|unten|nächsten abschnitt|nächsten kapitel|diesem abschnitt|diesem kapitel|siehe |\
        mehr informationen|weitere informationen|weiteren informationen|für weitere|nähere informationen|mehr dazu|finden sie unter|lesen sie bitte",
    grounded: "es gibt|es ist möglich|es ist wichtig|es ist notwendig|es ist ratsam|es empfiehlt|es wird empfohlen|\
        es handelt sich|es existiert|es existieren|es lohnt|damit sie|damit ein|damit die|damit das|damit der|\
        so genannte|ihre daten|ihr system|ihr rechner|auch wenn|auch die|auch der|auch das|auch ein|beide seiten|\
        nur wenn|zunächst einmal|es wird|es ist|es kann",
    self_names: "dokument handbuch buch leitfaden artikel bericht anleitung arbeit aufsatz text werk paket programm \
        software studie referenz einführung faq kurs vertrag gesetz norm ausgabe projekt kapitel tutorium",
    numbered: "abbildung abbildungen abb. tabelle tabellen tab. abschnitt abschnitte kapitel kap. anhang gleichung gl. \
        seite seiten beispiel aufgabe satz lemma definition schritt teil algorithmus listing absatz §",
    pointers: "wie in|siehe auch|siehe dazu|siehe|vgl.|vergleiche|dargestellt in|gezeigt in|beschrieben in|gemäß",
    left_out: "literatur|literaturverzeichnis|quellen|quellenverzeichnis|referenzen|inhalt|inhaltsverzeichnis|\
        abbildungsverzeichnis|tabellenverzeichnis|danksagung|index|register|stichwortverzeichnis|anmerkungen|lizenz|\
        urheberrecht|impressum|autoren|autor|über den autor|copyright|schlagwörter|änderungshistorie|urheberrechtshinweis",
    plain_headings: "zusammenfassung|kurzfassung|einleitung|einführung|überblick|hintergrund|fazit|schluss|\
        schlussfolgerung|ergebnisse|diskussion|methoden|methode|motivation|vorwort|ausblick|installation|grundlagen",
    boilerplate: "weitergegeben werden|weiterverbreitet|bedingungen der gnu|gemeinfrei|gewährleistung|haftung für|\
        alle rechte vorbehalten|copyright|©|creative commons|isbn|issn|doi:|warenzeichen|gedruckt in|\
        veröffentlicht von|general public license|free documentation license|ohne gewähr|vervielfältigung|e-mail|\
        mailingliste|übersetzung von|übersetzt von|urheberrecht",
    cues: " ist ein | ist eine | ist der | ist die | ist das | sind die | bedeutet | bezeichnet | heißt | besteht aus |\
        ermöglicht | das ziel |der zweck |wichtig| weil | dadurch | zeigt, dass ",
    question_of_two: "Eine Frage zum Nachdenken: Wie hängen „{0}“ und „{1}“ zusammen?",
    question_of_title: "Eine Frage zum Nachdenken: Welchen Gedanken aus „{0}“ würden Sie jemand anderem erklären, und wie?",
    question: "Eine Frage zum Nachdenken: Welchen Gedanken aus diesem Dokument würden Sie jemand anderem erklären, und wie?",
    question_heading: "Eine Frage zum Nachdenken",
};
