//! Phrases on a theme, as an app for learners asks for them: in the language that is learned, of as many words as are wanted. They are
//! made of a few words of each language, and have nothing to do with the theme.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::state::hash;

/// A language: who does something, what they do, what they do it with, and what makes a phrase longer.
struct Language {
    name: &'static str,
    /// Between words.
    gap: &'static str,
    end: &'static str,
    parts: [[&'static str; 8]; 3],
    more: [&'static str; 12],
}

/// Those of cards.
const LANGUAGES: [Language; 5] = [
    Language {
        name: "Russian",
        gap: " ",
        end: ".",
        parts: [
            ["Мама", "Папа", "Брат", "Сестра", "Учитель", "Врач", "Сосед", "Друг"],
            ["видит", "ищет", "любит", "покупает", "рисует", "помнит", "знает", "ждёт"],
            ["книгу", "дом", "чай", "город", "лампу", "письмо", "хлеб", "поезд"],
        ],
        more: [
            "сегодня",
            "утром",
            "снова",
            "очень",
            "долго",
            "и",
            "спокойно",
            "дома",
            "вместе",
            "со",
            "старым",
            "другом",
        ],
    },
    Language {
        name: "Arabic",
        gap: " ",
        end: ".",
        parts: [
            ["أبي", "أخي", "المعلم", "الطبيب", "جارنا", "صديقي", "الطالب", "الولد"],
            ["يرى", "يحب", "يشتري", "يعرف", "يتذكر", "ينتظر", "يرسم", "يريد"],
            ["الكتاب", "البيت", "الشاي", "المدينة", "المصباح", "الرسالة", "الخبز", "القطار"],
        ],
        more: ["اليوم", "صباحا", "مرة", "أخرى", "في", "البيت", "القديم", "مع", "صديقه", "بعد", "الدرس", "الطويل"],
    },
    Language {
        name: "Mandarin",
        gap: "",
        end: "。",
        parts: [
            ["妈妈", "爸爸", "老师", "医生", "朋友", "学生", "邻居", "弟弟"],
            ["喜欢", "看见", "寻找", "购买", "记得", "知道", "等待", "需要"],
            ["茶", "书", "房子", "城市", "面包", "火车", "信", "灯"],
        ],
        more: ["了", "很", "久", "因为", "今天", "早上", "在", "家", "里", "没有", "别的", "人"],
    },
    Language {
        name: "Spanish",
        gap: " ",
        end: ".",
        parts: [
            ["Mamá", "Papá", "Ana", "Pedro", "María", "Juan", "Carmen", "Luis"],
            ["ve", "busca", "compra", "dibuja", "recuerda", "conoce", "espera", "quiere"],
            ["libros", "casas", "té", "ciudades", "lámparas", "cartas", "pan", "trenes"],
        ],
        more: ["hoy", "muy", "temprano", "por", "la", "mañana", "en", "casa", "con", "su", "mejor", "amiga"],
    },
    Language {
        name: "Georgian",
        gap: " ",
        end: ".",
        parts: [
            ["დედა", "მამა", "ძმა", "და", "ექიმი", "მეზობელი", "მეგობარი", "ბავშვი"],
            ["ხედავს", "ეძებს", "ყიდულობს", "ხატავს", "ელოდება", "ინახავს", "აჩვენებს", "ირჩევს"],
            ["წიგნს", "სახლს", "ჩაის", "ქალაქს", "ლამპას", "წერილს", "პურს", "მატარებელს"],
        ],
        more: [
            "დღეს",
            "დილით",
            "ისევ",
            "ძალიან",
            "დიდხანს",
            "და",
            "მშვიდად",
            "სახლში",
            "თავის",
            "ძველ",
            "კარგ",
            "მეგობართან",
        ],
    },
];

/// The answer, if this schema, prompt and question are those of phrases on a theme.
pub(crate) fn drafted(schema: &Value, prompt: &str, asked: &str, seed: u64) -> Option<Value> {
    schema.pointer("/properties/phrases/items")?;
    let wanted = asked.lines().find_map(|line| {
        let data: Value = serde_json::from_str(line).ok()?;
        data.get("theme").is_some().then_some(data)
    })?;
    let count = usize::try_from(wanted.get("count")?.as_u64()?).ok()?;
    let language = LANGUAGES.iter().find(|language| prompt.contains(&format!("who learn {}", language.name)))?;
    let [least, most] = words(prompt).unwrap_or([3, 8]);
    let avoided = wanted.get("avoid").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let mut seen: HashSet<String> = avoided.map(str::to_owned).collect();
    let first = hash(seed, &["phrases", asked]);
    // Every odd step goes through all of them.
    let all = (0..512_u64).map(|number| first.wrapping_add(number.wrapping_mul(73)));
    let made = all.map(|which| phrase(language, which, least + which / 512 % (most - least + 1)));
    let phrases: Vec<String> = made.filter(|text| seen.insert(text.clone())).take(count).collect();
    Some(json!({ "phrases": phrases }))
}

/// The numbers of `of 3 to 15 words`.
fn words(prompt: &str) -> Option<[u64; 2]> {
    let (before, _) = prompt.split_once(" words")?;
    let mut last = before.rsplit(' ');
    let (most, to, least) = (last.next()?, last.next()?, last.next()?);
    let (least, most): (u64, u64) = (least.parse().ok()?, most.parse().ok()?);
    (to == "to" && least <= most).then_some([least, most])
}

/// The phrase with this number, of so many words.
fn phrase(language: &Language, which: u64, words: u64) -> String {
    let part = |parts: &[&'static str; 8], at: u64| usize::try_from(at % 8).ok().and_then(|at| parts.get(at)).copied();
    let [who, does, what] = &language.parts;
    let who_does_what = language.parts.len();
    let base = [part(who, which), part(does, which / 8), part(what, which / 64)].into_iter().flatten();
    let missing = usize::try_from(words).unwrap_or(usize::MAX).saturating_sub(who_does_what);
    let all: Vec<&str> = base.chain(language.more.into_iter().take(missing)).collect();
    format!("{}{}", all.join(language.gap), language.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(language: &str, count: u32, words: [u32; 2], avoid: &[String]) -> Vec<String> {
        let prompt = format!(
            "You write phrases for people who learn {language}. Write phrases of {} to {} words, in",
            words[0], words[1]
        );
        let schema = json!({ "properties": { "phrases": { "type": "array", "items": { "type": "string" } } } });
        let data = json!({ "theme": "tea", "count": count, "avoid": avoid }).to_string();
        let answer = drafted(&schema, &prompt, &data, 7).unwrap();
        answer["phrases"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn as_many_phrases_as_are_wanted_are_of_the_wanted_length() {
        for language in LANGUAGES {
            let phrases = asked(language.name, 50, [5, 15], &[]);
            assert_eq!(phrases.iter().collect::<HashSet<_>>().len(), 50, "{}", language.name);
            if !language.gap.is_empty() {
                assert!(phrases.iter().all(|text| (5..=15).contains(&text.split_whitespace().count())), "{phrases:?}");
            }
            let others = asked(language.name, 10, [5, 15], &phrases[..10]);
            assert!(others.len() == 10 && others.iter().all(|text| !phrases[..10].contains(text)), "{others:?}");
        }
        assert!(asked("Russian", 20, [3, 3], &[]).iter().all(|text| text.split_whitespace().count() == 3));
    }

    #[test]
    fn other_questions_are_none_of_these() {
        let schema = json!({ "properties": { "phrases": { "items": {} } } });
        assert_eq!(drafted(&schema, "who learn Russian", "{\"text\":\"a\"}", 1), None);
        assert_eq!(drafted(&json!({}), "who learn Russian", "{\"theme\":\"a\",\"count\":1}", 1), None);
        assert_eq!(drafted(&schema, "who learn Klingon", "{\"theme\":\"a\",\"count\":1}", 1), None);
    }
}
