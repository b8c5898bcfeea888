use super::Words;

pub(super) static WORDS: Words = Words {
    code: "fr",
    small: "a à afin ai aie aient ainsi ait alors après as assez au aucun aucune aujourd'hui auquel aura aurait aussi \
        autre autres aux avaient avait avant avec avez avoir avons ayant beaucoup bien c ça car ce ceci cela celle \
        celles celui cependant ces cet cette ceux chacun chaque chez comme comment d dans de depuis des dès deux devant \
        doit doivent donc dont du durant elle elles en encore entre est et étaient était étant etc été être eu eux fait \
        faire font fut hors ici il ils j je jusqu jusque l la laquelle le lequel les lesquelles lesquels leur leurs lors \
        lorsque lui m ma mais me même mêmes mes moins mon n ne ni non nos notre nous on ont or ou où par parce parfois \
        pas pendant peu peut peuvent plus plusieurs plutôt pour pourquoi pourrait pouvez pouvoir près puis puisque qu \
        quand que quel quelle quelles quelque quelques quels qui quoi s sa sans sauf se selon sera serait seront ses si \
        sinon soit soient son sont sous souvent sur t ta tant te tel telle telles tels tes toi ton toujours tous tout \
        toute toutefois toutes très trop tu un une vers voici voilà vos votre vous y",
    connectives: "cependant|toutefois|néanmoins|de plus|en outre|par ailleurs|ainsi|donc|par conséquent|en effet|\
        par exemple|en revanche|au contraire|d'une part|d'autre part|de même|enfin|finalement|ensuite|puis|\
        premièrement|deuxièmement|d'abord|tout d'abord|en particulier|notamment|en résumé|en conclusion|pour conclure|\
        bref|autrement dit|en d'autres termes|en fait|bien sûr|bien entendu|malheureusement|heureusement|du coup|\
        à l'inverse|inversement|de ce fait|c'est pourquoi|dans ce cas|en général|or|mais|et|alors|à noter|\
        notez bien|remarquez|au final|pour cela|pour ce faire|dès lors|aussi",
    dangling: "ce|cet|cette|ces|ceci|cela|ça|c'est|c'était|celui-ci|celle-ci|ceux-ci|celles-ci|celui|celle|ceux|celles|\
        il|elle|ils|elles|lui|leur|leurs|son|sa|ses|y|en|cependant|toutefois|néanmoins|ainsi|donc|mais|et|or|puis|\
        ensuite|enfin|alors|aussi|de plus|en outre|par ailleurs|par conséquent|en effet|ici|là|l'un|l'une|l'autre|\
        les autres|ce dernier|cette dernière|ces derniers|ces dernières|de même|dans ce cas|pour cela|pour ce faire|\
        à cet effet|de cette façon|de cette manière|en revanche|au contraire|d'autre part|d'une part|ci-dessus|\
        ci-dessous|car|c'est pourquoi|sinon|d'où|premièrement|deuxièmement|finalement|voilà|voici|ce qui|ce que|dont|qui|que|lequel|laquelle",
    determiners: "le la les l un une des du de d ce cet cette ces au aux son sa ses leur votre notre chaque",
    demonstratives: "ce cet cette ces",
    see: "voir|cf.|consultez|reportez-vous",
    pointing: "suivant|suivante|suivants|suivantes|ci-dessous|ci-dessus|cette section|ce chapitre|prochain chapitre|section suivante|plus loin|plus haut|plus bas|voir |\
        plus d'informations|pour plus de|pour de plus amples|plus de détails|veuillez consulter|reportez-vous|consultez|veuillez lire",
    grounded: "il est possible|il est nécessaire|il est important|il est recommandé|il est conseillé|il est préférable|\
        il existe|il y a|il faut|il s'agit|il convient|il suffit|il peut|il n'est pas|il n'y a|il arrive|il est|\
        en général|en france|en europe|ceux qui|celui qui|celle qui|celles qui|en cas|en tant|en utilisant|en plus de|\
        ce qui|en 1|en 2|et si",
    self_names: "document manuel livre guide article rapport mémoire thèse tutoriel foire faq paquet logiciel programme \
        étude travail texte ouvrage référence introduction cours contrat loi règlement norme présentation projet chapitre",
    numbered: "figure figures fig fig. tableau tableaux table tab. section sections chapitre chapitres annexe équation \
        éq. page pages exemple exercice théorème lemme définition partie étape paragraphe algorithme listing §",
    pointers: "comme le montre|comme le montrent|comme indiqué dans|comme indiqué à|comme décrit dans|comme décrit à|\
        comme illustré dans|comme expliqué dans|comme on le voit dans|voir aussi|voir la|voir le|voir|cf.|\
        reportez-vous à|consultez|se reporter à|illustré par",
    left_out: "références|bibliographie|références bibliographiques|table des matières|sommaire|liste des figures|\
        liste des tableaux|remerciements|index|notes|licence|droits d'auteur|mentions légales|auteurs|auteur|\
        à propos de l'auteur|crédits|mots-clés|mots clés|historique|avertissement|copyright",
    plain_headings: "résumé|introduction|conclusion|conclusions|discussion|résultats|méthodes|méthode|contexte|\
        avant-propos|préface|présentation|installation|utilisation|perspectives|vue d'ensemble|aperçu",
    boilerplate: "redistribué|licence publique générale|termes de la licence|sans aucune garantie|domaine public|\
        tous droits réservés|copyright|©|licence publique|creative commons|isbn|issn|doi:|marque déposée|\
        marques déposées|dépôt légal|imprimé en|publié par|il est permis|sans garantie|reproduction interdite|\
        liste de diffusion|adresse électronique|courriel|traduction française|traducteur|version française|relecture",
    cues: " est un | est une | est le | est la | sont des | signifie | désigne | consiste | s'appelle | permet |\
        nous montrons|nous proposons|nous présentons|le but |l'objectif |important| car | parce que | principal ",
    question_of_two: "Une question pour réfléchir : quel lien y a-t-il entre « {0} » et « {1} » ?",
    question_of_title: "Une question pour réfléchir : quelle idée de « {0} » expliqueriez-vous à quelqu'un d'autre, et comment ?",
    question: "Une question pour réfléchir : quelle idée de ce document expliqueriez-vous à quelqu'un d'autre, et comment ?",
    question_heading: "Une question pour réfléchir",
};
