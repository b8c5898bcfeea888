use super::Words;

pub(super) static WORDS: Words = Words {
    code: "it",
    small: "a abbiamo ad agli ai al alcune alcuni all alla alle allo allora altra altre altri altro anche ancora \
        avere aveva ben c che chi ci ciò ciascun ciascuno col come con contro cosa così cui da dagli dai dal dall dalla \
        dalle dallo degli dei del dell della delle dello deve devono di dopo dove due durante e è ed era erano essa esse \
        essere essi esso fa fare fatto fino fra già gli ha hanno i il in infatti inoltre invece io l la le lei li lo loro \
        lui ma mai me meno mentre mi mio molti molto né negli nei nel nell nella nelle nello nessun nessuna no noi non \
        nostra nostri nostro o od ogni ognuno oppure per perché però più poi poiché possono prima proprio può qual quale \
        quali qualche quando quanto quasi quella quelle quelli quello questa queste questi questo qui quindi se sé sempre \
        senza si sia siamo siano solo sono sopra sotto stata state stati stato stesso su sua sue sugli sui sul sull sulla \
        sulle sullo suo suoi tale tali tanto tra troppo tu tutta tutte tutti tutto un una uno va verso vi viene vengono voi",
    connectives: "tuttavia|ciononostante|inoltre|pertanto|quindi|perciò|di conseguenza|infatti|per esempio|ad esempio|\
        invece|al contrario|d'altra parte|da un lato|dall'altro|allo stesso modo|infine|poi|dapprima|in primo luogo|\
        in secondo luogo|in particolare|in sintesi|in conclusione|cioè|ovvero|in effetti|naturalmente|in generale|\
        purtroppo|fortunatamente|allo stesso tempo|in questo caso|per questo motivo|in questo modo|ma|e|anche|così|\
        in altre parole|ovviamente|però|dunque|insomma",
    dangling: "questo|questa|questi|queste|quello|quella|quelli|quelle|ciò|esso|essa|essi|esse|egli|ella|lui|lei|loro|suo|\
        sua|suoi|sue|tuttavia|inoltre|pertanto|quindi|perciò|infatti|invece|poi|ma|e|o|anche|così|infine|qui|qua|là|\
        tale|tali|entrambi|entrambe|l'altro|l'altra|gli altri|altri|in questo caso|in tal caso|in questo modo|per questo|\
        per questo motivo|di conseguenza|d'altra parte|al contrario|allo stesso modo|cioè|però|dunque|allora|\
        quest'ultimo|quest'ultima|quest'ultimi|lo stesso|la stessa|ciononostante|il quale|la quale|\
        i quali|per fare ciò|a tal fine|sopra|sotto|di seguito|in primo luogo|in secondo luogo|né",
    determiners: "il lo la i gli le l un uno una del dello della dei degli delle dell al alla nel nella di d questo questa",
    demonstratives: "questo questa questi queste quel quella quei quelle tale tali",
    see: "si veda|vedi|vedere|cfr.",
    pointing: "seguente|seguenti|di seguito|qui sotto|qui sopra|precedente|questa sezione|questo capitolo|prossimo capitolo|si veda|vedi |\
        maggiori informazioni|ulteriori informazioni|per maggiori|più informazioni|maggiori dettagli|ulteriori dettagli|consultare",
    grounded: "così come|e se|anche se|ciò che|quello che|quelli che|coloro che",
    self_names: "documento manuale libro guida articolo rapporto tesi relazione pacchetto programma software studio lavoro \
        testo opera riferimento introduzione corso contratto legge regolamento norma presentazione progetto capitolo faq",
    numbered: "figura figure fig. tabella tabelle tab. sezione sezioni sez. capitolo capitoli cap. appendice equazione eq. \
        pagina pagine pag. esempio esercizio teorema lemma definizione parte passo paragrafo algoritmo listato §",
    pointers: "come mostrato in|come mostrato nella|come descritto in|come descritto nella|come si vede in|\
        come si vede nella|come indicato in|come indicato nella|come illustrato in|come illustrato nella|si veda anche|\
        si veda|vedi anche|vedi|vedere|cfr.|mostrato in|descritto in|secondo",
    left_out: "riferimenti|bibliografia|riferimenti bibliografici|indice|sommario|elenco delle figure|\
        elenco delle tabelle|ringraziamenti|note|licenza|autori|autore|crediti|parole chiave|copyright|diritti d'autore|\
        note legali|cronologia|indice analitico",
    plain_headings: "riassunto|introduzione|conclusione|conclusioni|discussione|risultati|metodi|metodo|prefazione|\
        premessa|presentazione|installazione|uso|obiettivi|motivazioni|panoramica|contesto",
    boilerplate: "ridistribuito|ridistribuire|termini della licenza|pubblico dominio|termini della gnu|\
        tutti i diritti riservati|copyright|©|creative commons|isbn|issn|doi:|marchio registrato|\
        marchi registrati|stampato in|pubblicato da|licenza pubblica|senza garanzia|posta elettronica|mailing list|\
        traduzione di|tradotto da|e-mail",
    cues: " è un | è una | è il | è la | sono i | sono le | significa | si chiama | consiste | permette | consente |\
        lo scopo |l'obiettivo |importante| perché | principale ",
    question_of_two: "Una domanda su cui riflettere: che legame c'è tra «{0}» e «{1}»?",
    question_of_title: "Una domanda su cui riflettere: quale idea di «{0}» spiegherebbe a qualcun altro, e come?",
    question: "Una domanda su cui riflettere: quale idea di questo documento spiegherebbe a qualcun altro, e come?",
    question_heading: "Una domanda su cui riflettere",
};
