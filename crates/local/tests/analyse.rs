//! The language packs of this machine know the words of everyday phrases, and say what they do not know.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "support/models.rs"]
mod folder;
#[path = "support/linked.rs"]
mod linked;
mod support;

use std::path::Path;

use serde_json::json;
use sluice_domain::study::{Analysis, Doubt, Field, Reason, Source, StudyLanguage, Word};
use sluice_local::analyse::{AnalyseRequest, Analyser};
use sluice_local::models::{
    ConfiguredPairs, EN_PT, LANGUAGE_AR, LANGUAGE_ES, LANGUAGE_FREQUENCY, LANGUAGE_KA, LANGUAGE_RU, LANGUAGE_ZH,
    ModelFile, ModelSet, Models, PT_EN,
};
use sluice_local::translate::{TranslateSettings, Translator};

async fn analysed(set: &'static ModelSet, text: &str) -> Analysis {
    let analyser = Analyser::new(folder::models(set));
    let request = AnalyseRequest { text: text.to_owned(), language: None, translate_to: None };
    let analysed = analyser.analyse(&request, None).await.unwrap();
    assert_eq!(analysed.language.facts().pack, set.id);
    analysed.analysis
}

fn text(field: Option<&Field>) -> &str {
    field.map_or("", |field| field.text.as_str())
}

/// Whether a meaning is among those that are offered.
fn offers(field: Option<&Field>, expected: &str) -> bool {
    field.is_some_and(|field| field.text == expected || field.alternatives.iter().any(|text| text == expected))
}

fn is_doubtful(field: Option<&Field>) -> bool {
    field.is_some_and(|field| matches!(field.doubt, Doubt::Doubtful { .. }))
}

/// How many of the words have what is expected, with those that do not.
fn wrong<'a>(words: &'a [Word], expected: &[&str], of: impl Fn(&'a Word) -> &'a str) -> Vec<String> {
    assert_eq!(words.len(), expected.len(), "{words:?}");
    let pairs = words.iter().zip(expected).filter(|(word, expected)| of(word) != **expected);
    pairs.map(|(word, expected)| format!("{}: {} instead of {expected}", word.word, of(word))).collect()
}

#[tokio::test]
async fn russian_words_have_lemma_case_gender_and_candidates_of_meaning() {
    let analysis = analysed(&LANGUAGE_RU, "Я читаю интересную книгу в большой библиотеке.").await;
    assert_eq!(text(analysis.transliteration.as_ref()), "Ya chitayu interesnuyu knigu v bol’shoy biblioteke.");
    let words = &analysis.vocabulary;
    let lemmas = ["я", "читать", "интересный", "книга", "в", "большой", "библиотека"];
    assert_eq!(wrong(words, &lemmas, |word| text(word.lemma.as_ref())), Vec::<String>::new());
    let book = &words[3];
    assert_eq!((text(book.gender.as_ref()), text(book.declension.as_ref())), ("feminine", "accusative, singular"));
    assert_eq!(text(words[6].declension.as_ref()), "prepositional, singular");
    assert_eq!(text(words[1].declension.as_ref()), "present, first person, singular, imperfective");
    assert_eq!((text(book.meaning.as_ref()), text(words[1].meaning.as_ref())), ("book", "read"));
    assert!(words.iter().all(|word| !matches!(word.meaning.as_ref().map(|field| field.doubt), Some(Doubt::Sure))));
    assert_eq!(words[1].gender, None, "verbs have no gender of their own");
}

#[tokio::test]
async fn meanings_of_russian_words_are_among_the_first_four() {
    let pairs = [
        ("стол", "table"),
        ("вода", "water"),
        ("женщина", "woman"),
        ("хороший", "good"),
        ("друг", "friend"),
        ("ребёнок", "child"),
        ("город", "town"),
        ("окно", "window"),
        ("хлеб", "bread"),
        ("школа", "school"),
        ("работа", "work"),
        ("день", "day"),
        ("кошка", "cat"),
        ("собака", "dog"),
        ("мать", "mother"),
        ("рука", "hand"),
        ("ночь", "night"),
        ("видеть", "see"),
        ("говорить", "speak"),
        ("новый", "new"),
    ];
    let analyser = Analyser::new(folder::models(&LANGUAGE_RU));
    for (russian, english) in pairs {
        let language = Some(StudyLanguage::RUSSIAN);
        let request = AnalyseRequest { text: russian.to_owned(), language, translate_to: None };
        let word = analyser.analyse(&request, None).await.unwrap().analysis.vocabulary.remove(0);
        assert!(offers(word.meaning.as_ref(), english), "{russian}: {:?}", word.meaning);
    }
}

#[tokio::test]
async fn spanish_words_have_lemma_gender_tense_and_meaning() {
    let analysis = analysed(&LANGUAGE_ES, "Los niños comieron pan en la casa de mi abuela.").await;
    assert_eq!(analysis.transliteration, None);
    let words = &analysis.vocabulary;
    let lemmas = ["el", "niño", "comer", "pan", "en", "el", "casa", "de", "mío", "abuelo"];
    let found = wrong(words, &lemmas, |word| text(word.lemma.as_ref()));
    // Whether a possessive and a female are forms of another word is a matter of the dictionary.
    assert!(found.iter().all(|word| word.starts_with("mi:") || word.starts_with("abuela:")), "{found:?}");
    assert_eq!(text(words[2].declension.as_ref()), "preterite, third person, plural");
    assert_eq!((text(words[1].gender.as_ref()), text(words[1].declension.as_ref())), ("masculine", "plural"));
    assert_eq!((text(words[6].gender.as_ref()), text(words[6].notes.as_ref())), ("feminine", "noun"));
    assert!(offers(words[6].meaning.as_ref(), "house"), "{:?}", words[6].meaning);
    assert!(offers(words[2].meaning.as_ref(), "to eat"), "{:?}", words[2].meaning);
    assert!(offers(words[3].meaning.as_ref(), "bread"), "{:?}", words[3].meaning);
}

#[tokio::test]
async fn spanish_homographs_are_chosen_by_what_stands_before() {
    let wine = analysed(&LANGUAGE_ES, "El vino es bueno.").await.vocabulary.remove(1);
    assert_eq!((text(wine.lemma.as_ref()), text(wine.gender.as_ref())), ("vino", "masculine"));
    assert!(is_doubtful(wine.lemma.as_ref()), "{:?}", wine.lemma);
    let came = analysed(&LANGUAGE_ES, "Ella vino ayer.").await.vocabulary.remove(1);
    assert_eq!(text(came.lemma.as_ref()), "venir");
}

/// What a dictionary says of a word, and what it is in its phrase: each of these is another.
#[tokio::test]
async fn what_may_be_another_word_or_mean_something_else_is_in_doubt() {
    let word = async |set, phrase: &str, word: &str| {
        let words = analysed(set, phrase).await.vocabulary;
        words.into_iter().find(|known| known.word == word).unwrap()
    };
    for (phrase, one, found) in [
        ("El tren sale a las ocho.", "a", "to"),
        ("Mi abuelo murió hace muchos años.", "hace", "to do"),
        ("El hombre está preso.", "preso", "prisoner"),
    ] {
        let meaning = word(&LANGUAGE_ES, phrase, one).await.meaning;
        assert_eq!((text(meaning.as_ref()), is_doubtful(meaning.as_ref())), (found, true), "{phrase}");
    }
    let table = word(&LANGUAGE_ES, "Una mesa para dos.", "mesa").await.meaning.unwrap();
    assert_eq!((table.text.as_str(), table.doubt), ("table", Doubt::Sure), "two dictionaries have no other");
    let threesome = word(&LANGUAGE_ZH, "三人行，必有我师。", "三人行").await;
    assert!(is_doubtful(threesome.lemma.as_ref()) && is_doubtful(threesome.meaning.as_ref()), "{threesome:?}");
    let hospital = word(&LANGUAGE_ZH, "我在医院工作。", "医院").await.meaning.unwrap();
    assert_eq!(hospital.doubt, Doubt::Sure);
    let forced = word(&LANGUAGE_RU, "Никто не может быть принуждаем.", "принуждаем").await.declension;
    assert!(is_doubtful(forced.as_ref()), "{forced:?}");
    let force = word(&LANGUAGE_RU, "Мы никого не принуждаем.", "принуждаем").await.declension.unwrap();
    assert_eq!((force.text.starts_with("present, first person"), force.doubt), (true, Doubt::Sure), "{force:?}");
    let planted = word(&LANGUAGE_KA, "ბაბუამ ეს ხე დარგო.", "დარგო").await.lemma;
    assert!(is_doubtful(planted.as_ref()), "{planted:?}");
    let mother = word(&LANGUAGE_AR, "الحاجة أم الاختراع.", "أم").await.transliteration;
    assert!(is_doubtful(mother.as_ref()), "{mother:?}");
}

#[tokio::test]
async fn a_russian_form_of_several_words_is_in_doubt() {
    let homographs = [
        ("Я лечу зуб.", "лечу"),
        ("Пошли мне письмо.", "Пошли"),
        ("Мой руки!", "Мой"),
        ("Гладь рубашку.", "Гладь"),
        ("Смели пыль.", "Смели"),
        ("Мел доску.", "Мел"),
    ];
    for (phrase, form) in homographs {
        let words = analysed(&LANGUAGE_RU, phrase).await.vocabulary;
        let word = words.iter().find(|word| word.word == form).unwrap();
        assert!(is_doubtful(word.lemma.as_ref()) && is_doubtful(word.notes.as_ref()), "{word:?}");
        assert!(is_doubtful(word.declension.as_ref()), "{word:?}");
    }
    for (phrase, at) in [("Ели суп.", 1), ("Пошли мне письмо.", 2), ("Мой руки!", 1)] {
        let noun = analysed(&LANGUAGE_RU, phrase).await.vocabulary.swap_remove(at);
        assert!(is_doubtful(noun.declension.as_ref()) && !is_doubtful(noun.lemma.as_ref()), "{noun:?}");
    }
    for phrase in ["Мой дом", "Моя мама", "Дети пошли в школу.", "Они ели хлеб.", "Где находится вокзал?"]
    {
        let words = analysed(&LANGUAGE_RU, phrase).await.vocabulary;
        let doubtful: Vec<_> = words.iter().filter(|word| is_doubtful(word.lemma.as_ref())).collect();
        assert!(doubtful.is_empty(), "{phrase}: {doubtful:?}");
    }
}

/// Function words, what is said of somebody without being a verb, and commands: the dictionaries have them as something else, or as one
/// thing of several.
#[tokio::test]
async fn what_a_dictionary_takes_for_something_else_is_in_doubt() {
    let word = async |set, phrase: &str, word: &str| {
        let words = analysed(set, phrase).await.vocabulary;
        words.into_iter().find(|known| known.word.to_lowercase() == word).unwrap()
    };
    for (phrase, form) in [
        ("Perdí el sobre.", "sobre"),
        ("El libro está sobre la mesa.", "sobre"),
        ("Un abrigo de ante.", "ante"),
        ("El ante es un animal.", "ante"),
        ("Siempre hay un pero.", "pero"),
        ("No conoces tu sino.", "sino"),
        ("Hasta los niños lo saben.", "hasta"),
        ("La contra del libro.", "contra"),
        ("El para qué importa.", "para"),
    ] {
        let word = word(&LANGUAGE_ES, phrase, form).await;
        assert!(is_doubtful(word.lemma.as_ref()) && is_doubtful(word.notes.as_ref()), "{phrase}: {word:?}");
    }
    for (phrase, form) in [
        ("Надо работать.", "надо"),
        ("Мне жаль.", "жаль"),
        ("У меня нет времени.", "нет"),
        ("Пора домой.", "пора"),
        ("Я знаю, что он дома.", "что"),
    ] {
        let word = word(&LANGUAGE_RU, phrase, form).await;
        assert!(is_doubtful(word.notes.as_ref()), "{phrase}: {word:?}");
    }
    for (phrase, form) in [
        ("قف هنا", "قف"),
        ("تعال إلى هنا", "تعال"),
        ("العب معي", "العب"),
        ("ساعدني", "ساعدني"),
        ("اجلس", "اجلس"),
        ("قل الحقيقة", "قل"),
        ("نم جيدا", "نم"),
    ] {
        let word = word(&LANGUAGE_AR, phrase, form).await;
        for field in [&word.declension, &word.notes, &word.meaning] {
            assert!(!matches!(field.as_ref().map(|field| field.doubt), Some(Doubt::Sure)), "{phrase}: {word:?}");
        }
        let is_a_command = text(word.declension.as_ref()).starts_with("imperative");
        assert!(is_a_command || is_doubtful(word.declension.as_ref()) || word.declension.is_none(), "{word:?}");
    }
    for (phrase, form) in [("قف هنا", "قف"), ("تعال إلى هنا", "تعال"), ("العب معي", "العب")]
    {
        let word = word(&LANGUAGE_AR, phrase, form).await;
        assert!(is_doubtful(word.lemma.as_ref()), "{phrase}: {word:?}");
    }
    // What nothing speaks against stays sure.
    for (set, phrase, form) in [
        (&LANGUAGE_ES, "El tren de Madrid.", "de"),
        (&LANGUAGE_ES, "La casa está en la plaza.", "en"),
        (&LANGUAGE_ES, "Lo que dices es verdad.", "verdad"),
        (&LANGUAGE_RU, "Мой дом", "дом"),
        (&LANGUAGE_RU, "Она читает книгу.", "читает"),
        (&LANGUAGE_AR, "أين المكتبة الكبيرة؟", "المكتبة"),
    ] {
        let word = word(set, phrase, form).await;
        assert!(!is_doubtful(word.lemma.as_ref()) && !is_doubtful(word.notes.as_ref()), "{phrase}: {word:?}");
    }
}

#[tokio::test]
async fn words_tell_russian_and_arabic_from_languages_with_their_letters() {
    let (folder, russian, arabic) = (tempfile::tempdir().unwrap(), &LANGUAGE_RU, &LANGUAGE_AR);
    for set in [russian, arabic, &LANGUAGE_FREQUENCY] {
        linked::linked(set, &folder::models(set), folder.path());
    }
    let analyser = Analyser::new(Models::new(folder.path()));
    let tells = async |text: &str| {
        let request = AnalyseRequest { text: text.to_owned(), language: None, translate_to: None };
        analyser.analyse(&request, None).await.unwrap().tells
    };
    for text in [
        "Где мой чай?",
        "Доброе утро",
        "Где находится вокзал?",
        "Дети пошли в школу.",
        "У меня есть собака",
        "أين المكتبة؟",
        "صباح الخير",
        "مرحبا",
    ] {
        assert_eq!(tells(text).await, Some(true), "{text}");
    }
    for text in [
        // Ukrainian, Bulgarian, Macedonian, Serbian, Belarusian.
        "Дуже добре",
        "Скажи правду",
        "Слава",
        "Добър ден",
        "Какво правиш",
        "Добро утро",
        "Имам куче",
        "Како си",
        "Добра вечер",
        "Добры дзень",
        // Persian.
        "سلام",
        "من دوست دارم",
        "سلام دوست من",
        // As common in Ukrainian.
        "Мама",
    ] {
        assert_eq!(tells(text).await, Some(false), "{text}");
    }
}

#[tokio::test]
async fn an_arabic_stem_without_a_lemma_has_not_that_of_another() {
    for (phrase, at) in [("رأيت القمر", 0), ("رأى القطة", 0), ("يرى الجبل", 0), ("سأراك غدا", 0)]
    {
        let seen = analysed(&LANGUAGE_AR, phrase).await.vocabulary.swap_remove(at);
        for field in [&seen.lemma, &seen.meaning, &seen.root] {
            assert!(!matches!(field.as_ref().unwrap().doubt, Doubt::Sure), "{phrase}: {seen:?}");
        }
        assert_eq!(text(seen.lemma.as_ref()), "", "{phrase}: the dictionary names no lemma");
        assert!(offers(seen.meaning.as_ref(), "see"), "{phrase}: {:?}", seen.meaning);
    }
}

#[tokio::test]
async fn a_georgian_form_that_may_be_a_verb_has_a_doubtful_lemma() {
    for (phrase, form) in [("კაცი მოდის", "მოდის"), ("ბავშვი ტირის", "ტირის"), ("წიგნი დევს", "დევს")]
    {
        let words = analysed(&LANGUAGE_KA, phrase).await.vocabulary;
        let verb = words.iter().find(|word| word.word == form).unwrap();
        assert!(is_doubtful(verb.lemma.as_ref()) && is_doubtful(verb.declension.as_ref()), "{verb:?}");
        assert!(!matches!(verb.meaning.as_ref().unwrap().doubt, Doubt::Sure), "{verb:?}");
    }
    let house = analysed(&LANGUAGE_KA, "სახლის").await.vocabulary.remove(0);
    assert_eq!(house.lemma.unwrap().doubt, Doubt::Sure, "no verb is written so");
}

#[tokio::test]
async fn mandarin_is_cut_and_has_pinyin() {
    let phrases = [
        ("我喜欢喝茶。", "wǒ xǐhuan hēchá."),
        ("你叫什么名字？", "nǐ jiào shénme míngzi?"),
        ("他在图书馆看书。", "tā zài túshūguǎn kànshū."),
        ("今天天气很好。", "jīntiān tiānqì hěn hǎo."),
        ("我的朋友是老师。", "wǒ de péngyou shì lǎoshī."),
        ("火车站在哪里？", "huǒchēzhàn zài nǎlǐ?"),
    ];
    for (phrase, pinyin) in phrases {
        let analysis = analysed(&LANGUAGE_ZH, phrase).await;
        assert_eq!(text(analysis.transliteration.as_ref()), pinyin, "{phrase}");
    }
    let analysis = analysed(&LANGUAGE_ZH, "我的朋友是老师。").await;
    let words: Vec<&str> = analysis.vocabulary.iter().map(|word| word.word.as_str()).collect();
    assert_eq!(words, ["我", "的", "朋友", "是", "老师"]);
    assert_eq!(text(analysis.vocabulary[2].meaning.as_ref()), "friend");
    assert!(text(analysis.vocabulary[4].notes.as_ref()).contains("measure word"), "{:?}", analysis.vocabulary[4].notes);
    assert!(analysis.vocabulary.iter().all(|word| word.gender.is_none() && word.root.is_none()));
}

#[tokio::test]
async fn arabic_words_have_vowels_roots_and_meanings_that_are_reviewed() {
    let analysis = analysed(&LANGUAGE_AR, "أين المكتبة الكبيرة؟").await;
    let latin = analysis.transliteration.unwrap();
    assert_eq!(latin.text, "ayna al-maktaba al-kabīra?");
    assert_eq!(latin.doubt, Doubt::Doubtful { reason: Reason::VowelsGuessed });
    let library = &analysis.vocabulary[1];
    assert_eq!((text(library.lemma.as_ref()), text(library.root.as_ref())), ("مَكْتَبَة", "ك ت ب"));
    assert_eq!((text(library.gender.as_ref()), text(library.declension.as_ref())), ("feminine", "definite"));
    assert!(offers(library.meaning.as_ref(), "library"), "{:?}", library.meaning);
    assert!(is_doubtful(library.meaning.as_ref()));
}

#[tokio::test]
async fn the_likeliest_meaning_of_arabic_words_is_an_everyday_one() {
    let pairs = [
        ("كتاب", "book"),
        ("بيت", "house"),
        ("مدرسة", "school"),
        ("ماء", "water"),
        ("كبير", "large"),
        ("صديق", "friend"),
        ("مدينة", "city"),
        ("سيارة", "car"),
        ("يوم", "day"),
        ("طالب", "student"),
        ("باب", "door"),
        ("شمس", "sun"),
        ("قمر", "moon"),
        ("جديد", "new"),
        ("لغة", "language"),
    ];
    let analyser = Analyser::new(folder::models(&LANGUAGE_AR));
    let mut missed = Vec::new();
    for (arabic, english) in pairs {
        let request = AnalyseRequest { text: arabic.to_owned(), language: None, translate_to: None };
        let word = analyser.analyse(&request, None).await.unwrap().analysis.vocabulary.remove(0);
        assert!(is_doubtful(word.meaning.as_ref()), "{arabic}: {:?}", word.meaning);
        if !offers(word.meaning.as_ref(), english) {
            missed.push(format!("{arabic}: {:?}", word.meaning));
        }
    }
    assert!(missed.len() <= 2, "{missed:#?}");
}

#[tokio::test]
async fn georgian_words_have_lemma_and_case_and_a_meaning_only_where_a_picture_is_named_so() {
    let analysis = analysed(&LANGUAGE_KA, "ბავშვები სახლში არიან.").await;
    assert_eq!(text(analysis.transliteration.as_ref()), "bavshvebi sakhlshi arian.");
    let words = &analysis.vocabulary;
    assert_eq!((text(words[0].lemma.as_ref()), text(words[0].declension.as_ref())), ("ბავშვი", "nominative, plural"));
    assert_eq!((text(words[1].lemma.as_ref()), text(words[1].declension.as_ref())), ("სახლი", "dative, singular"));
    // No dictionary of Georgian may be had; the names of the pictures of Unicode translate the words that name one.
    assert_eq!(text(words[0].meaning.as_ref()), "child");
    assert!(is_doubtful(words[0].meaning.as_ref()), "the name of a picture is not a dictionary");
    assert_eq!(words[2].meaning, Some(Field::needs_provider(Reason::NoLocalSource)));
    assert_eq!(words[0].gender, None, "Georgian has no gender");
    assert!(is_doubtful(words[1].declension.as_ref()), "by its ending alone");
}

#[tokio::test]
async fn what_no_dictionary_knows_needs_a_provider() {
    for (set, text) in [(&LANGUAGE_ES, "xyzzyq"), (&LANGUAGE_AR, "ظظغظغ"), (&LANGUAGE_ZH, "龘"), (&LANGUAGE_KA, "ჭჭჭჭ")]
    {
        let analysis = analysed(set, text).await;
        for (path, field) in analysis.fields().filter(|(_, field)| field.source.is_none()) {
            assert!(matches!(field.doubt, Doubt::NeedsProvider { .. }), "{text}: {path}");
            assert_eq!(field.text, "", "{text}: {path}");
        }
        let unknown = &analysis.vocabulary[0];
        assert!(
            matches!(unknown.lemma.as_ref().unwrap().doubt, Doubt::NeedsProvider { .. }) || set.id == "language-zh"
        );
    }
    // A word that only its ending explains is guessed, and said to be.
    let guessed = analysed(&LANGUAGE_RU, "глокая куздра").await.vocabulary.remove(1);
    assert_eq!(guessed.lemma.unwrap().doubt, Doubt::Doubtful { reason: Reason::UnknownWord });
}

#[tokio::test]
async fn every_filled_field_names_its_pack_or_its_rules() {
    for (set, text) in [(&LANGUAGE_RU, "Где вокзал?"), (&LANGUAGE_ZH, "你好"), (&LANGUAGE_ES, "¿Dónde está el baño?")]
    {
        let analysis = analysed(set, text).await;
        for (path, field) in analysis.fields().filter(|(_, field)| !field.text.is_empty()) {
            let named = matches!(&field.source, Some(Source::Pack { version, .. }) if !version.is_empty());
            assert!(named || matches!(field.source, Some(Source::Rules { .. })), "{path}: {field:?}");
        }
    }
}

#[tokio::test]
async fn a_pack_that_is_removed_is_no_longer_used() {
    let file = &LANGUAGE_AR.files[0];
    let (folder, installed) = (tempfile::tempdir().unwrap(), folder::models(&LANGUAGE_AR));
    let models = Models::new(folder.path());
    std::fs::create_dir_all(models.path(file).parent().unwrap()).unwrap();
    std::fs::copy(installed.path(file), models.path(file)).unwrap();
    let analyser = Analyser::new(models.clone());
    let request = AnalyseRequest { text: "كتاب".to_owned(), language: None, translate_to: None };
    let with = analyser.analyse(&request, None).await.unwrap().analysis.vocabulary.remove(0);
    assert!(matches!(with.lemma.unwrap().source, Some(Source::Pack { .. })));
    std::fs::remove_file(models.path(file)).unwrap();
    let without = analyser.analyse(&request, None).await.unwrap().analysis.vocabulary.remove(0);
    assert_eq!(without.lemma, Some(Field::needs_provider(Reason::PackMissing)));
}

/// No pair of a language of cards is in every installation: that from Portuguese stands in for one from Spanish, which it half
/// understands.
#[tokio::test]
async fn a_phrase_is_translated_where_a_model_of_its_language_is_there() {
    let folder = tempfile::tempdir().unwrap();
    linked::linked(&LANGUAGE_ES, &folder::models(&LANGUAGE_ES), folder.path());
    linked::linked(&EN_PT.set, &folder::models(&EN_PT.set), folder.path());
    let there = folder::models(&PT_EN.set);
    let name = |file: &ModelFile| Path::new(file.name).file_name().unwrap().to_str().unwrap().to_owned();
    let part = |file: &ModelFile| json!({ "file": name(file), "bytes": file.bytes(), "sha256": file.sha256() });
    let pair = json!({
        "base": "http://127.0.0.1:9",
        "model": part(&PT_EN.model),
        "vocabulary": part(&PT_EN.source),
        "shortlist": part(&PT_EN.shortlist.unwrap()),
    });
    let configured: ConfiguredPairs = serde_json::from_value(json!({ "es-en": pair })).unwrap();
    let models = Models::new(folder.path()).with_pairs(&configured);
    let analyser = Analyser::new(models.clone());
    let translator = Translator::new(support::guard(), models, TranslateSettings::of(support::engine_child()));
    let translation = async |to: &str| {
        let request =
            AnalyseRequest { text: "La casa es grande.".to_owned(), language: None, translate_to: Some(to.to_owned()) };
        analyser.analyse(&request, Some(&translator)).await.unwrap().analysis.translation.unwrap()
    };
    let missing = Field::needs_provider(Reason::NoTranslationPair);
    assert_eq!(translation("en").await, missing, "it is known, and not installed");
    std::fs::create_dir_all(folder.path().join("translate/es-en")).unwrap();
    for file in PT_EN.set.files {
        std::fs::copy(there.path(file), folder.path().join("translate/es-en").join(name(file))).unwrap();
    }
    let english = translation("en").await;
    assert!(english.text.to_lowercase().contains("house"), "{english:?}");
    assert_eq!(english.doubt, Doubt::Doubtful { reason: Reason::MachineTranslation }, "a small model is never sure");
    let source = |field: &Field| match &field.source {
        Some(Source::Engine { name, version }) => (name.clone(), version.clone()),
        other => panic!("{other:?}"),
    };
    let (name, version) = source(&english);
    assert!(name.starts_with("firefox es-en@") && version == Translator::version(), "{name} {version}");
    // By way of English, both models are named.
    let portuguese = translation("pt").await;
    assert!(portuguese.text.to_lowercase().contains("casa"), "{portuguese:?}");
    assert!(source(&portuguese).0.starts_with("firefox es-en@") && source(&portuguese).0.ends_with(", en-pt"));
    for to in ["es", "ka"] {
        assert_eq!(translation(to).await, missing, "{to}");
    }
}
