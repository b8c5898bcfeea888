use super::Words;

pub(super) static WORDS: Words = Words {
    code: "es",
    small: "a al algo alguna algunas alguno algunos ambos ante antes aquel aquella aquellas aquellos aquí así aun aún \
        aunque bajo bien cabe cada casi como cómo con contra cual cuál cuales cualquier cualquiera cuando cuándo cuanto \
        de debe deben del desde donde dónde dos durante e el él ella ellas ellos en entonces entre era eran es esa esas \
        ese eso esos esta está están estas este esto estos fue fueron ha había habían haber hace hacer hacia han hasta \
        hay he incluso la las le les lo los más me mediante menos mi mientras mis mismo misma mismos mismas mucho muchos \
        muy nada ni ningún ninguna no nos nosotros nuestra nuestras nuestro nuestros nunca o os otra otras otro otros \
        para pero poco por porque pues puede pueden que qué quien quién quienes se sea sean según ser será serán si sí \
        sido siempre sin sino sobre solo sólo son su sus tal también tampoco tan tanto te tener tiene tienen toda todas \
        todavía todo todos tras tu tus u un una unas uno unos usted ustedes vez y ya yo",
    connectives: "sin embargo|no obstante|además|por lo tanto|por tanto|por consiguiente|así pues|así|en consecuencia|\
        por ejemplo|en cambio|por el contrario|por otra parte|por otro lado|por un lado|del mismo modo|asimismo|\
        finalmente|por último|luego|después|primero|en primer lugar|en segundo lugar|en particular|en concreto|\
        en resumen|en conclusión|en definitiva|es decir|o sea|de hecho|en efecto|por supuesto|en general|entonces|\
        desafortunadamente|afortunadamente|al mismo tiempo|en este caso|a continuación|por eso|de este modo|\
        por esta razón|pero|y|también|igualmente|ahora bien|en realidad|lamentablemente|en otras palabras",
    dangling: "este|esta|estos|estas|esto|ese|esa|esos|esas|eso|aquel|aquella|él|ella|ellos|ellas|su|sus|le|les|lo|\
        sin embargo|no obstante|además|por tanto|por lo tanto|así|entonces|luego|pero|y|o|también|asimismo|tampoco|\
        aquí|ahí|allí|el primero|el segundo|el último|los últimos|la última|ambos|ambas|otro|otra|otros|otras|por eso|\
        por ello|de este modo|de esta forma|de esta manera|en este caso|en ese caso|para ello|en cambio|es decir|\
        finalmente|primero|después|tal|tales|dicho|dicha|dichos|dichas|en consecuencia|por otra parte|por otro lado|\
        por el contrario|a continuación|arriba|abajo|pues|sino|cuyo|cuya|lo mismo|lo anterior|con ello|con esto",
    determiners: "el la los las un una unos unas del al de su sus este esta cada",
    demonstratives: "este esta estos estas ese esa esos esas dicho dicha",
    see: "véase|vea|consulte|ver",
    pointing: "siguiente|siguientes|a continuación|anterior|anteriores|más abajo|más arriba|esta sección|este capítulo|véase|ver |\
        más información|para más|más detalles|mayor información|consulte|véase",
    grounded: "lo que|lo más|lo primero|esta guía|esta faq|así como|tal y como|tal como|tal vez|su sistema|su ordenador|\
        sus datos|otra forma|otra manera|otro modo|lo importante|se puede",
    self_names: "documento manual libro guía artículo informe tesis tutorial paquete programa software estudio trabajo \
        texto obra referencia introducción curso contrato ley reglamento norma presentación proyecto capítulo faq",
    numbered: "figura figuras fig. tabla tablas tab. sección secciones secc. capítulo capítulos cap. apéndice anexo \
        ecuación ec. página páginas pág. ejemplo ejercicio teorema lema definición parte paso apartado algoritmo listado §",
    pointers: "como se muestra en|como se ve en|como se describe en|como se indica en|como se explica en|\
        como muestra|véase también|véase|ver también|ver|consulte|vea|mostrado en|descrito en|según",
    left_out: "referencias|bibliografía|referencias bibliográficas|índice|índice general|contenido|contenidos|\
        tabla de contenidos|lista de figuras|lista de tablas|índice de figuras|índice de tablas|agradecimientos|notas|\
        licencia|autores|autor|sobre el autor|créditos|palabras clave|derechos de autor|copyright|aviso legal|historial",
    plain_headings: "resumen|introducción|conclusión|conclusiones|discusión|resultados|métodos|método|metodología|\
        antecedentes|prefacio|prólogo|presentación|instalación|uso|objetivos|motivación|visión general",
    boilerplate: "redistribuir|redistribuido|términos de la licencia|dominio público|garantía alguna|términos de la gnu|\
        todos los derechos reservados|copyright|©|creative commons|isbn|issn|doi:|marca registrada|\
        marcas registradas|depósito legal|impreso en|publicado por|licencia pública|sin garantía|se concede permiso|\
        correo electrónico|lista de correo|traducción de|traducido por",
    cues: " es un | es una | es el | es la | son los | son las | significa | se llama | consiste | permite |\
        el objetivo |la finalidad |importante| porque | por lo que | principal ",
    question_of_two: "Una pregunta para pensar: ¿qué relación hay entre «{0}» y «{1}»?",
    question_of_title: "Una pregunta para pensar: ¿qué idea de «{0}» le explicaría a otra persona, y cómo?",
    question: "Una pregunta para pensar: ¿qué idea de este documento le explicaría a otra persona, y cómo?",
    question_heading: "Una pregunta para pensar",
};
