use super::Words;

pub(super) static WORDS: Words = Words {
    code: "en",
    small: "a about above across after again against all almost also although always am among an and another any \
        are around as at away be became because been before being below between both but by came can cannot come could \
        did do does doing done down during each either else even ever every few for from further get given go had has \
        have having he hence her here hers herself him himself his how however i if in indeed instead into is it its \
        itself just least less let like made make many may me might more most much must my myself near need neither \
        never no nor not now of off often on once one only onto or other others otherwise our ours out over own per \
        perhaps quite rather really same say see several shall she should since so some still such than that the their \
        theirs them themselves then there therefore these they this those though through thus to together too toward \
        towards under until up upon us use used uses using very via was we well were what when where whether which \
        while who whole whom whose why will with within without would yet you your yours yourself",
    connectives: "however|moreover|furthermore|therefore|thus|hence|consequently|in addition|additionally|nevertheless|\
        nonetheless|on the other hand|on the one hand|for example|for instance|in contrast|by contrast|similarly|\
        likewise|accordingly|as a result|in particular|finally|first|firstly|second|secondly|third|thirdly|lastly|\
        next|then|also|besides|meanwhile|in fact|indeed|of course|in other words|that is|in summary|in conclusion|\
        to conclude|to sum up|overall|conversely|instead|otherwise|again|further|still|yet|and|but|so|or|\
        as mentioned above|as noted above|as mentioned before|as we have seen|as you can see|note that|please note|\
        in this case|at the same time|specifically|more precisely|alternatively|for this reason|luckily|unfortunately|\
        fortunately|incidentally|by the way|ok|well|now|after that|afterwards|in short|notably|to this end",
    dangling: "this|these|that|those|he|she|it|they|him|her|his|its|their|them|such|here|there|the latter|the former|\
        however|therefore|thus|hence|but|and|so|or|yet|then|moreover|furthermore|nevertheless|nonetheless|also|both|\
        another|others|instead|otherwise|similarly|likewise|accordingly|consequently|conversely|as such|in this case|\
        in that case|in these cases|for this reason|for that reason|to do this|to do so|doing so|the same|as above|\
        as mentioned|as noted|as before|the above|the following|above|below|again|additionally|first|firstly|second|\
        secondly|third|thirdly|finally|lastly|next|besides|meanwhile|after that|at this point|in this way|if so|if not|\
        nor|neither|either|one of them|some of them|most of them|all of them|all of these|each of these|none of these|\
        some of these|many of these|one of these|because of this|as a result|with this|in this|at this|\
        in addition to this|for these|to this end|it's|that's|there's|he's|she's|they're|whereas|which|who|\
        on the other hand|ibid",
    determiners: "the a an of this these each its their your our his her my any every some",
    demonstratives: "this these those such",
    see: "see|refer to|cf.|compare",
    pointing: "the following|following example|below|above|next section|previous section|this section|next chapter|previous chapter|later in|earlier in|left side|right side|\
        more information|for details|further information|more details|further details|see also|in detail in|please read|please see|consult",
    grounded: "there is|there are|there was|there were|there has|there have|there will|there may|there can|there exist|\
        it is possible|it is important|it is necessary|it is common|it is recommended|it is useful|it is known|\
        it is well known|it is often|it is easy|it is difficult|it is hard|it was not until|it turns out|it follows|\
        it has been|it seems|first of all|those who|both the|both of|either the|either a|neither the|such a|\
        first-time|second-hand|it takes|it may be|it can be|it should be noted|it is worth|it is clear|it is essential|\
        so far|so that|so as|that the|third-party|third party",
    self_names: "document manual book guide paper article report thesis handbook tutorial faq specification standard \
        policy package library program software study survey work text edition volume reference introduction lecture \
        course agreement contract licence license act law regulation treaty essay presentation whitepaper primer \
        notice proposal website project chapter story",
    numbered: "figure figures fig fig. figs figs. table tables tab. section sections sec sec. sect. chapter chapters \
        chap. appendix equation equations eq eq. eqs. eqn. listing listings algorithm page pages example exercise \
        theorem lemma definition proposition corollary step footnote part exhibit plate box item question § paragraph",
    pointers: "as shown in|as seen in|as described in|as discussed in|as explained in|as illustrated in|as depicted in|\
        as defined in|as given in|as listed in|as presented in|as mentioned in|as noted in|as detailed in|as in|\
        shown in|see also|see the|see|refer to|compare|cf.|is shown in|are shown in|described in|discussed in|\
        for details see|for more information see|for more details see|given in|explained in|listed in|according to",
    left_out: "references|bibliography|works cited|literature|further reading|contents|table of contents|\
        list of figures|list of tables|acknowledgements|acknowledgments|acknowledgement|acknowledgment|index|\
        copyright|copyright notice|license|licence|about the author|about the authors|author|authors|notes|endnotes|\
        funding|conflict of interest|conflicts of interest|competing interests|author contributions|credits|\
        gnu free documentation license|gnu general public license|trademarks|legal notice|colophon|revision history|\
        change history|changelog|document history|keywords|imprint|disclaimer|copyright and licence|copyright and license",
    plain_headings: "abstract|summary|introduction|overview|background|conclusion|conclusions|discussion|results|\
        methods|method|motivation|preface|foreword|related work|future work|limitations|executive summary|evaluation|\
        getting started|installation|usage",
    boilerplate: "freely distributed|may be distributed|may be redistributed|redistributed under|terms of the gnu|in the public domain|warranty|liability|orcid|cc by|cc0|\
        all rights reserved|copyright|©|permission is granted|creative commons|licensed under|\
        free documentation license|general public license|isbn|issn|doi:|arxiv|without warranty|trademark|\
        printed in|published by|no part of this|redistribute it and/or modify|corresponding author|to whom correspondence|\
        received:|accepted:|downloaded from|this page intentionally|latest version of this document|\
        send comments|mailing list|e-mail|email address|last updated|table of contents|permission notice|verbatim copies",
    cues: " is a | is an | is the | are the | refers to | means | is called | are called | is defined | consists of |\
        in this paper|we show|we present|we propose|we find|the main |the goal |the purpose |the aim |important|\
        in conclusion|results show|allows |provides | because | therefore | leads to | key ",
    question_of_two: "A question to think about: how are “{0}” and “{1}” connected?",
    question_of_title: "A question to think about: which idea in “{0}” would you explain to somebody else, and how?",
    question: "A question to think about: which idea of this document would you explain to somebody else, and how?",
    question_heading: "A question to think about",
};
