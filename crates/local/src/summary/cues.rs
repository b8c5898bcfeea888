//! Sentences that say what was decided, or what somebody is to do, by the phrases with which people say so.
//!
//! A decision has a phrase of its own. A task is an obligation or a promise ("I will", "could you") that goes on with what is
//! done in offices, or with a date. That finds what is said in the usual words, and nothing else: it understands no sentence.

use super::passages::{Passage, Sentence, sentences};
use super::words::{Piece, fold, pieces};

/// What a sentence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cue {
    /// Something was decided.
    Decision,
    /// Somebody is to do something.
    Action,
}

/// A sentence that is quoted for what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cued {
    /// What it says.
    pub cue: Cue,
    /// The passage that it begins in, from 0.
    pub passage: usize,
    /// As it stands in the text.
    pub text: String,
    /// Where its passage begins, in milliseconds of a sound.
    pub start_ms: Option<u32>,
    /// Who says it.
    pub speaker: Option<u32>,
}

/// The phrases of a language, folded, each between spaces.
struct Phrases {
    language: &'static str,
    decisions: &'static str,
    /// Tasks by themselves.
    actions: &'static str,
    /// What makes a task of what follows.
    promises: &'static str,
    /// What is done: among so many words after a promise.
    tasks: &'static str,
    within: usize,
    dates: &'static str,
}

/// Phrases are separated by commas.
static LANGUAGES: [Phrases; 5] = [
    Phrases {
        language: "en",
        decisions: "we decided, weve decided, we have decided, it was decided, it is decided, the decision is, the decision was, \
            we agreed, weve agreed, we have agreed, we all agree, it was agreed, its agreed, we are going with, were going with, \
            we will go with, well go with, lets go with, we settled on, was approved, is approved, has been approved, \
            we approved, resolved that, we have chosen, weve chosen",
        actions: "action item, action items, action point, to do list, follow up on, follow up with",
        promises: "i will, ill, we will, you will, can you, could you, would you, please, i need to, you need to, we need to, \
            needs to, must, has to, have to, should, im going to, i am going to, we are going to, lets",
        tasks: "send, prepare, write, check, call, email, schedule, fix, update, review, share, finish, draft, book, order, ask, \
            contact, arrange, organise, organize, invite, report, present, test, publish, deploy, collect, pay, submit, circulate, \
            confirm, investigate",
        within: 3,
        dates: "today, tomorrow, tonight, monday, tuesday, wednesday, thursday, friday, saturday, sunday, next week, this week, \
            next month, by the end, end of the week, end of the month, by noon, deadline",
    },
    Phrases {
        language: "de",
        decisions: "wir haben beschlossen, haben wir beschlossen, wurde beschlossen, ist beschlossen, wir haben entschieden, \
            haben wir entschieden, haben uns entschieden, wurde entschieden, haben uns geeinigt, haben uns darauf geeinigt, \
            die entscheidung ist, wurde genehmigt, ist genehmigt",
        actions: "",
        promises: "ich werde, wir werden, kannst du, konntest du, konnen sie, konnten sie, bitte, du musst, wir mussen, ich muss, \
            sie mussen, muss noch, wir sollten, du solltest",
        tasks: "schicken, senden, vorbereiten, schreiben, prufen, anrufen, planen, aktualisieren, erledigen, klaren, organisieren, \
            bestellen, buchen, testen, kontaktieren, fertigstellen, einladen, uberarbeiten, bestatigen",
        within: 12,
        dates: "heute, morgen, montag, dienstag, mittwoch, donnerstag, freitag, samstag, sonntag, nachste woche, diese woche, \
            bis ende, bis zum",
    },
    Phrases {
        language: "fr",
        decisions: "nous avons decide, on a decide, il a ete decide, nous avons convenu, nous sommes convenus, \
            nous nous sommes mis daccord, on sest mis daccord, la decision est, cest decide, a ete approuve, est approuve",
        actions: "",
        promises: "je vais, je dois, nous allons, on va, tu peux, vous pouvez, pouvez vous, peux tu, il faut, tu dois, vous devez, \
            nous devons, on doit, merci de, veuillez",
        tasks: "envoyer, preparer, ecrire, verifier, appeler, planifier, organiser, corriger, relire, partager, finir, terminer, \
            contacter, reserver, commander, demander, confirmer, tester, publier, rediger",
        within: 3,
        dates: "aujourdhui, demain, lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche, la semaine prochaine, \
            cette semaine, avant la fin, fin du mois",
    },
    Phrases {
        language: "es",
        decisions: "hemos decidido, decidimos, se decidio, hemos acordado, acordamos, se acordo, quedamos en, la decision es, \
            fue aprobado, se aprobo, ha sido aprobado",
        actions: "",
        promises: "voy a, vamos a, tengo que, tenemos que, tienes que, hay que, puedes, podrias, por favor, debes, debemos",
        tasks: "enviar, mandar, preparar, escribir, revisar, llamar, programar, organizar, actualizar, compartir, terminar, \
            contactar, reservar, pedir, preguntar, confirmar, probar, publicar, redactar",
        within: 3,
        dates: "hoy, manana, lunes, martes, miercoles, jueves, viernes, sabado, domingo, la semana que viene, \
            la proxima semana, esta semana, fin de mes",
    },
    Phrases {
        language: "ar",
        decisions: "قررنا, تقرر, اتفقنا, تم الاتفاق, القرار هو, وافقنا, تمت الموافقة, وافق المجلس, اعتمدنا",
        actions: "ساقوم, سنقوم, سارسل, سنرسل, ساتصل, سنتصل, ساجهز, سنجهز, ساكتب, سنكتب, ساراجع, سنراجع",
        promises: "سوف, يجب ان, علينا ان, عليك ان, يرجي, ارجو, من فضلك, هل يمكنك",
        tasks: "ارسال, ترسل, نرسل, ارسل, اعداد, نعد, تعد, مراجعة, تراجع, نراجع, كتابة, تكتب, نكتب, تجهيز, تجهز, نجهز, \
            الاتصال, تتصل, نتصل, تحديث, تنظيم",
        within: 3,
        dates: "اليوم, غدا, الاحد, الاثنين, الثلاثاء, الاربعاء, الخميس, الجمعة, السبت, الاسبوع القادم, الاسبوع المقبل, \
            نهاية الاسبوع, نهاية الشهر",
    },
];

/// What was decided and what is to be done, in the order of the text. `language` is an ISO 639-1 code; of a language whose phrases
/// are not known, nothing is found.
pub fn cued(passages: &[Passage], language: &str) -> Vec<Cued> {
    let Some(phrases) = LANGUAGES.iter().find(|phrases| phrases.language == language) else { return Vec::new() };
    let quoted = |sentence: Sentence| {
        let cue = phrases.cue(&sentence.text)?;
        let Sentence { text, passage, start_ms, speaker, .. } = sentence;
        Some(Cued { cue, passage, text, start_ms, speaker })
    };
    sentences(passages).into_iter().filter_map(quoted).collect()
}

impl Phrases {
    fn cue(&self, sentence: &str) -> Option<Cue> {
        let words: Vec<String> = pieces(sentence).into_iter().filter_map(word).collect();
        let text = format!(" {} ", words.join(" "));
        // Whether something was decided is no decision.
        if !sentence.trim_end().ends_with(['?', '؟']) && any(self.decisions, &text) {
            return Some(Cue::Decision);
        }
        let is_task = |promise: &str| {
            let Some((_, rest)) = text.split_once(&format!(" {promise} ")) else { return false };
            let next: Vec<&str> = rest.split(' ').take(self.within).collect();
            phrases(self.tasks).any(|task| next.contains(&task)) || any(self.dates, &format!(" {rest}"))
        };
        (any(self.actions, &text) || phrases(self.promises).any(is_task)).then_some(Cue::Action)
    }
}

fn word(piece: Piece<'_>) -> Option<String> {
    match piece {
        Piece::Word(word) => Some(fold(word)),
        Piece::Run(_) => None,
    }
}

fn phrases(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(',').map(str::trim).filter(|phrase| !phrase.is_empty())
}

/// Whether a text between spaces has one of the phrases.
fn any(list: &'static str, text: &str) -> bool {
    phrases(list).any(|phrase| text.contains(&format!(" {phrase} ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, language: &str) -> Vec<(Cue, String)> {
        let passage = Passage { text: text.to_owned(), ..Passage::default() };
        cued(&[passage], language).into_iter().map(|cued| (cued.cue, cued.text)).collect()
    }

    fn only(text: &str, language: &str) -> Option<Cue> {
        match found(text, language).as_slice() {
            [] => None,
            [(cue, _)] => Some(*cue),
            several => panic!("{several:?}"),
        }
    }

    #[test]
    fn decisions_and_tasks_are_quoted() {
        let text =
            "The tide is low. We decided to sail on Monday. I'll send the map. Could you call Omar by Friday? Good.";
        let right = [
            (Cue::Decision, "We decided to sail on Monday.".to_owned()),
            (Cue::Action, "I'll send the map.".to_owned()),
            (Cue::Action, "Could you call Omar by Friday?".to_owned()),
        ];
        assert_eq!(found(text, "en"), right);
    }

    #[test]
    fn what_only_sounds_like_one_is_left_out() {
        for text in [
            "Was it that we agreed on this?",
            "He was ill and we will see.",
            "You will not believe it.",
            "I send maps.",
        ] {
            assert_eq!(only(text, "en"), None, "{text}");
        }
    }

    #[test]
    fn other_languages_have_their_own_phrases() {
        assert_eq!(only("Wir haben beschlossen, dass wir segeln.", "de"), Some(Cue::Decision));
        assert_eq!(only("Kannst du Omar die neue Karte schicken?", "de"), Some(Cue::Action));
        assert_eq!(only("On s'est mis d'accord sur lundi.", "fr"), Some(Cue::Decision));
        assert_eq!(only("Je vais envoyer la carte.", "fr"), Some(Cue::Action));
        assert_eq!(only("Hemos decidido salir el lunes.", "es"), Some(Cue::Decision));
        assert_eq!(only("Tienes que llamar a Omar.", "es"), Some(Cue::Action));
        assert_eq!(only("اتفقنا على الإبحار يوم الاثنين.", "ar"), Some(Cue::Decision));
        assert_eq!(only("سأرسل الخريطة غداً.", "ar"), Some(Cue::Action));
        assert_eq!(only("We decided to sail.", "pl"), None);
    }

    #[test]
    fn phrases_are_written_as_texts_are_compared() {
        for language in &LANGUAGES {
            let lists = [language.decisions, language.actions, language.promises, language.tasks, language.dates];
            for phrase in lists.into_iter().flat_map(phrases) {
                let folded: Vec<String> = pieces(phrase).into_iter().filter_map(word).collect();
                assert_eq!(folded.join(" "), phrase, "{}", language.language);
            }
        }
    }
}
