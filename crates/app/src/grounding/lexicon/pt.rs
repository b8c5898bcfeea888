use super::Words;

pub(super) static WORDS: Words = Words {
    code: "pt",
    small: "a à ainda algo algum alguma algumas alguns ambos ante antes ao aos apenas após aquela aquelas aquele \
        aqueles aquilo as às assim até bem cada com como contra cuja cujo da das de dela delas dele deles depois desde \
        dessa desse desta deste deve devem disso do dois dos durante e é ela elas ele eles em embora enquanto então entre \
        era eram essa essas esse esses esta está estão estar estas este estes eu faz fazer foi foram há isso isto já la \
        lhe lhes lo mais mas me meio menos mesma mesmas mesmo mesmos meu meus minha muita muito muitos na nada não nas \
        nem nenhum nenhuma nessa nesse nesta neste no nos nós nossa nosso nossos num numa nunca o onde os ou outra outras \
        outro outros para pela pelas pelo pelos pode podem pois por porém porque pouco qual quais qualquer quando quanto \
        quase que quem são se seja sejam sem sempre sendo ser será serão seu seus si sido só sob sobre sua suas também \
        tanto tão te tem têm ter teu toda todas todavia todo todos tu tua tudo um uma umas uns vai você vocês vez",
    connectives: "no entanto|contudo|todavia|porém|entretanto|além disso|portanto|assim|por conseguinte|\
        consequentemente|por exemplo|por outro lado|por um lado|pelo contrário|ao contrário|da mesma forma|finalmente|\
        por fim|por último|depois|em seguida|primeiro|em primeiro lugar|em segundo lugar|em particular|em resumo|\
        em conclusão|ou seja|isto é|de fato|de facto|na verdade|claro|em geral|infelizmente|felizmente|\
        ao mesmo tempo|neste caso|nesse caso|por isso|desta forma|dessa forma|por essa razão|mas|e|também|igualmente|\
        então|em outras palavras|por outras palavras|logo",
    dangling: "este|esta|estes|estas|isto|esse|essa|esses|essas|isso|aquele|aquela|ele|ela|eles|elas|seu|sua|seus|suas|\
        no entanto|contudo|todavia|porém|entretanto|além disso|portanto|assim|então|depois|mas|e|ou|também|aqui|ali|\
        ambos|ambas|outro|outra|outros|outras|por isso|desta forma|dessa forma|deste modo|desse modo|neste caso|\
        nesse caso|para isso|ou seja|finalmente|primeiro|tal|tais|o mesmo|a mesma|este último|esta última|\
        por outro lado|pelo contrário|em seguida|acima|abaixo|pois|cujo|cuja|com isso|nisto|disto|daí",
    determiners: "o a os as um uma do da dos das no na nos nas ao de este esta cada",
    demonstratives: "este esta estes estas esse essa esses essas neste nesta nesse nessa deste desta desse dessa tal tais",
    see: "ver|veja|consulte|cf.",
    pointing: "seguinte|seguintes|a seguir|abaixo|acima|anterior|esta secção|esta seção|este capítulo|ver |veja |\
        mais informações|para mais|mais detalhes|maiores informações|consulte",
    grounded: "assim como|assim que|tal como|outra forma|outra maneira|seu sistema|seu computador",
    self_names: "documento manual livro guia artigo relatório tese dissertação tutorial pacote programa software estudo \
        trabalho texto obra referência introdução curso contrato lei regulamento norma apresentação projeto capítulo faq",
    numbered: "figura figuras fig. tabela tabelas tab. secção seção seções capítulo capítulos cap. apêndice anexo equação \
        eq. página páginas pág. exemplo exercício teorema lema definição parte passo parágrafo algoritmo listagem §",
    pointers: "como mostra|como mostrado na|como mostrado em|como descrito na|como descrito em|como se vê na|\
        como se vê em|como indicado na|como indicado em|ver também|veja também|ver|veja|consulte|mostrado na|descrito na|\
        segundo|conforme",
    left_out: "referências|bibliografia|referências bibliográficas|índice|conteúdo|sumário|lista de figuras|\
        lista de tabelas|agradecimentos|notas|licença|autores|autor|sobre o autor|créditos|palavras-chave|copyright|\
        direitos autorais|direitos de autor|aviso legal|histórico",
    plain_headings: "resumo|introdução|conclusão|conclusões|discussão|resultados|métodos|método|metodologia|prefácio|\
        apresentação|instalação|uso|utilização|objetivos|objectivos|motivação|visão geral|contexto",
    boilerplate: "redistribuído|redistribuir|termos da licença|domínio público|termos da gnu|\
        todos os direitos reservados|copyright|©|creative commons|isbn|issn|doi:|marca registada|\
        marca registrada|marcas registradas|impresso em|publicado por|licença pública|sem garantia|correio eletrónico|\
        lista de discussão|tradução de|traduzido por|e-mail",
    cues: " é um | é uma | é o | é a | são os | são as | significa | chama-se | consiste | permite |o objetivo |\
        o objectivo |a finalidade |importante| porque | principal ",
    question_of_two: "Uma pergunta para pensar: que relação existe entre «{0}» e «{1}»?",
    question_of_title: "Uma pergunta para pensar: que ideia de «{0}» explicaria a outra pessoa, e como?",
    question: "Uma pergunta para pensar: que ideia deste documento explicaria a outra pessoa, e como?",
    question_heading: "Uma pergunta para pensar",
};
