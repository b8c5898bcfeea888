use super::Words;

pub(super) static WORDS: Words = Words {
    code: "nl",
    small: "aan af al alle alleen alles als altijd ander andere anders bij binnen boven buiten daar daarom dan dat de \
        den der deze die dit doch doen door dus echter een eens eerst elk elke en enige er erg even gaan geen ge haar had \
        hadden heb hebben heeft heel hem het hier hij hoe hun ieder iedere iemand iets ik in indien is ja je jij jou jouw \
        jullie kan kon kunnen kunt maar maken me meer men met mij mijn minder misschien moet moeten mogen na naar nadat \
        net niemand niet niets nog nooit nu of om omdat onder ons onze ook op over pas per reeds samen sinds slechts soms \
        steeds te tegen tenzij terwijl toch toe tot tussen u uit uw vaak van vanaf vanuit veel via voor voordat vooral \
        waar waarbij waarin waarom wanneer want waren was wat we weer wel welk welke wie wij wil worden wordt wordt zal ze \
        zeer zei zelf zelfs zich zij zijn zo zoals zonder zou zouden zowel zullen",
    // Dutch is verb-second, like German: nothing is left out.
    connectives: "",
    dangling: "dit|deze|dat|die|hij|zij|ze|het is|het was|het heeft|het wordt|het kan|haar|hun|echter|daarom|daardoor|\
        daarnaast|daarbij|daarmee|daarvoor|daarna|daarin|daarom|dus|bovendien|verder|toch|hierdoor|hierbij|hiermee|\
        hiervoor|hierna|hierin|hier|daar|dan|maar|en|of|want|ook|zo|vervolgens|tenslotte|ten slotte|ten eerste|\
        ten tweede|bijvoorbeeld|zulke|zo'n|beide|laatstgenoemde|in dit geval|in dat geval|om deze reden|op deze manier|\
        op die manier|anders|anderzijds|enerzijds|daarentegen|niettemin|desondanks|immers|namelijk|eerst|nu|boven|onder|\
        hetzelfde|dezelfde|wat betekent|waardoor|waarbij|waarna|bovenstaande|onderstaande|andere|anderen|het",
    determiners: "de het een van deze dit elke ons uw",
    demonstratives: "dit deze die zulke",
    see: "zie|vergelijk|raadpleeg",
    pointing: "volgende|onderstaande|bovenstaande|hieronder|hierboven|deze sectie|dit hoofdstuk|zie |\
        meer informatie|voor meer|nadere informatie|meer details|raadpleeg",
    grounded: "het is mogelijk|het is belangrijk|het is nodig|het is aan te raden|het wordt aanbevolen|het doel|\
        het project|het systeem|die mensen|zo veel|zo snel|ook als|ook de|ook het|en als|onder de|onder het",
    self_names: "document handboek boek gids artikel rapport handleiding scriptie tekst werk pakket programma software \
        studie naslagwerk inleiding cursus contract wet norm presentatie project hoofdstuk faq",
    numbered: "figuur figuren fig. tabel tabellen tab. sectie secties hoofdstuk hoofdstukken hfst. bijlage vergelijking \
        pagina pagina's blz. voorbeeld oefening stelling lemma definitie deel stap paragraaf algoritme listing afbeelding §",
    pointers: "zoals getoond in|zoals te zien in|zoals beschreven in|zoals uitgelegd in|zoals vermeld in|zie ook|zie|\
        vgl.|vergelijk|getoond in|beschreven in|raadpleeg|volgens",
    left_out: "referenties|bibliografie|literatuur|literatuurlijst|bronnen|inhoud|inhoudsopgave|lijst van figuren|\
        lijst van tabellen|dankwoord|index|register|noten|licentie|auteurs|auteur|over de auteur|colofon|trefwoorden|\
        copyright|auteursrecht|geschiedenis van wijzigingen",
    plain_headings: "samenvatting|inleiding|introductie|overzicht|achtergrond|conclusie|conclusies|resultaten|discussie|\
        methoden|methode|motivatie|voorwoord|installatie|gebruik|doelstellingen",
    boilerplate: "herverspreid|verspreid worden|voorwaarden van de gnu|publiek domein|garantie voor|\
        alle rechten voorbehouden|copyright|©|creative commons|isbn|issn|doi:|handelsmerk|gedrukt in|\
        uitgegeven door|general public license|zonder garantie|e-mail|mailinglijst|vertaling van|vertaald door|\
        auteursrecht",
    cues: " is een | is de | is het | zijn de | betekent | heet | bestaat uit | maakt het mogelijk |het doel |belangrijk|\
        omdat | waardoor ",
    question_of_two: "Een vraag om over na te denken: hoe hangen ‘{0}’ en ‘{1}’ samen?",
    question_of_title: "Een vraag om over na te denken: welk idee uit ‘{0}’ zou u aan iemand anders uitleggen, en hoe?",
    question: "Een vraag om over na te denken: welk idee uit dit document zou u aan iemand anders uitleggen, en hoe?",
    question_heading: "Een vraag om over na te denken",
};
