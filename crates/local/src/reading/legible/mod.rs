//! Whether the letters that were read are those that stand on the page. Fonts with a wrong or missing character map, and
//! careless OCR, give text that looks like language and is none.
//!
//! Only positive evidence counts: a page is unreadable if it is certainly in a known language, or in a known script, and
//! its words are certainly wrong. Names, listings, tables of numbers, mathematics, short pages and languages without a
//! table pass.

mod arabic;
mod latin;
mod table;

pub(crate) use table::function_words;
pub(super) use table::{ends_open, is_german};

use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};
use sluice_domain::document::{Document, LeftOut, Page, Reason};

/// Least characters, without blanks, that can be judged.
const LEAST_CHARACTERS: usize = 60;

/// The share of characters without meaning on a page whose font has no map.
const MEANINGLESS: f32 = 0.2;

/// Longest beginning of a page that is shown to the user.
const SAMPLE: usize = 80;

/// The document without the pages whose letters are lost or wrong, and those with the numbers `slanted`, whose words are
/// mixed. Takes some hundred microseconds a page, on all cores.
pub(super) fn without_unreadable(mut document: Document, slanted: &[u32]) -> Document {
    let judged = document.pages.par_iter_mut().filter(|page| slanted.contains(&page.number) || unreadable(page));
    let removed = judged.map(|page| {
        let sample = page.text().split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SAMPLE).collect();
        page.blocks.clear();
        LeftOut { page: page.number, reason: Reason::Unreadable, sample }
    });
    let removed: Vec<LeftOut> = removed.collect();
    document.left_out.extend(removed);
    document.left_out.sort_by_key(|left_out| left_out.page);
    document
}

/// Whether the letters of a page are lost or wrong.
pub(super) fn unreadable(page: &Page) -> bool {
    let text = page.text();
    let characters = text.chars().filter(|c| !c.is_whitespace());
    let (mut all, mut meaningless, mut arabic, mut latin) = (0_usize, 0_usize, 0_usize, 0_usize);
    for c in characters {
        all += 1;
        meaningless += usize::from(is_meaningless(c));
        arabic += usize::from(table::is_arabic(c));
        latin += usize::from(table::is_latin(c));
    }
    all >= LEAST_CHARACTERS
        && (table::share(meaningless, all) > MEANINGLESS
            || arabic > latin && arabic::is_wrong(&text)
            || latin > arabic && latin * 2 > all && latin::is_wrong(&text))
}

/// A character that no text has: of private use, a stand-in for an unknown one, a control.
fn is_meaningless(c: char) -> bool {
    c.is_control() || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fffd}' | '\u{f0000}'..)
}

#[cfg(test)]
mod tests {
    use sluice_domain::document::Block;

    use super::*;

    fn page(text: &str) -> Page {
        Page { number: 3, blocks: vec![Block { text: text.to_owned(), ..Block::default() }], ..Page::default() }
    }

    #[track_caller]
    fn passes(text: &str) {
        assert!(!unreadable(&page(&text.repeat(6))), "{text}");
    }

    #[test]
    fn lost_ligatures_are_noticed() {
        assert!(unreadable(&page(
            "The o ce o ers nancial aid to keepers who lost more than half of their colonies, and the o cer decides \
             within ve weeks. It is di cult to ll in the form, so the rst step is to nd somebody who has lled it in."
        )));
        assert!(unreadable(&page(
            "The oce oers nancial aid to keepers who lost more than half of their colonies, and the ocer decides \
             within ve weeks. It is dicult to ll in the form, so the rst step is to nd somebody who has lled it in."
        )));
        assert!(unreadable(&page(
            "The associaon gives informaon on the condions of the acon, and on the naonal producon. Its posion \
             is that the naon needs more educaon and a soluon for the relaons between the operaons of the state."
        )));
        passes(
            "The office offers financial aid to keepers who lost more than half of their colonies, and the officer \
             decides within five weeks. It is difficult to fill in the form, so the first step is to find somebody.",
        );
    }

    #[test]
    fn letters_taken_for_others_are_noticed() {
        assert!(unreadable(&page(
            "A c010ny 0f h0ney bees is a sing1c 1iving tbing rnadc 0f rnany tb0usand b0dies. Thc queen 1ays tbc eggs, \
             tbc vv0rkers feed tbc br00d, and tbc dr0nes 1eavc tbc hivc in surnrner t0 100k f0r 0tber queens."
        )));
        assert!(unreadable(&page(
            "حياة اونحل خلال اويام تييش خوية اونحل كجنم واحد يتكون من آلاف الأفراد ولا تنتطيع اونحوة أن تييش وحدها \
             أكثر من أيام قويوة تضع اوموكة نحو بيضة في اويوم خلال فصل اوربيع ويزداد يدد اونحل من إوى نحوة في ثمانية \
             أسابيع أيونت جميية اونحاوين أن من اوخلايا وم تنج من اوشتاء وهي أيوى ننوة منذ يام يووغ سير كيووغرام"
        )));
    }

    #[test]
    fn maps_that_shift_the_letters_are_noticed() {
        let english = "The quick brown fox jumps over the lazy dog while the other animals of the farm look on and \
                       wonder what it is that makes a fox so fast and a dog so slow, and whether there is anything \
                       that could be done about it in time for the long winter that is coming over the hills.";
        for by in [1_u8, 3, 13] {
            let turn = |c: char, first: u8| char::from((c as u8 - first + by) % 26 + first);
            let shifted: String = english
                .chars()
                .map(|c| match c {
                    'a'..='z' => turn(c, b'a'),
                    'A'..='Z' => turn(c, b'A'),
                    _ => c,
                })
                .collect();
            assert!(unreadable(&page(&shifted)), "{shifted}");
        }
        assert!(unreadable(&page(&"\u{f041}\u{f042}\u{f043} ab ".repeat(40))));
    }

    #[test]
    fn other_languages_pass() {
        passes(
            "Mieszkańcy miasta nigdy nie widzieli takiej burzy i nie byli przygotowani na to, co miała im przynieść. ",
        );
        passes("Kaupungin asukkaat eivät olleet koskaan nähneet sellaista myrskyä eivätkä he olleet valmiita siihen. ");
        passes("Obyvatelé města nikdy neviděli takovou bouři a nebyli připraveni na to, co jim měla přinést. ");
        passes("Người dân trong thành phố chưa bao giờ thấy một cơn bão như vậy và họ đã không chuẩn bị trước. ");
        passes(
            "Şehrin sakinleri daha önce hiç böyle bir fırtına görmemişti ve onlara getireceklerine hazır değillerdi. ",
        );
        passes("Жители города никогда не видели такой бури и не были готовы к тому, что она принесёт. ");
        passes("城市的居民从未见过这样的风暴，他们没有为接下来的日子做好准备。");
        passes("مردم شهر هرگز چنین طوفانی ندیده بودند و برای آنچه که در پیش داشتند آماده نبودند و می‌ترسیدند. ");
        passes("شہر کے لوگوں نے ایسا طوفان پہلے کبھی نہیں دیکھا تھا اور وہ اس کے لیے تیار نہیں تھے۔ ");
    }

    #[test]
    fn what_is_no_prose_passes() {
        passes("static int xfs_btree_init_cur(struct xfs_mount *mp, struct xfs_trans *tp, int nlevels) { return 0; } ");
        passes("2019 12.4 EUR 33 kg 2020 13.9 EUR 35 kg 2021 14.2 EUR 36 kg total avg min max ");
        passes(
            "Abdulrahman Al-Khwarizmi, Zbigniew Brzezinski, Nguyen Van Thieu, Krzysztof Kieslowski, Mbeki, Xi, Ng, Wu. ",
        );
        passes("MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQAPILSRVGDGTQDNLSGAEKAVQVKVKALPDAQFEVVHSLAKWKRQTLGQHDFSAGEGLYTHM ");
        passes("bismi llāhi r-raḥmāni r-raḥīm al-ḥamdu lillāhi rabbi l-ʿālamīn ar-raḥmāni r-raḥīm māliki yawmi d-dīn ");
        passes("بِسْمِ اللَّهِ الرَّحْمَٰنِ الرَّحِيمِ الْحَمْدُ لِلَّهِ رَبِّ الْعَالَمِينَ الرَّحْمَٰنِ الرَّحِيمِ مَالِكِ يَوْمِ الدِّينِ ");
        passes(
            "محمد علي جاسم، فاطمة حسين، زينب كاظم، ياسر عرفات، جورج واشنطن، فريدريك شوبان، ستيفن هوكينغ، بيل غيتس. ",
        );
        passes(
            "x = (a + b) / 2, y = sin(x) + cos(x), dx/dt = f(x, t), ∫ f(x) dx = F(b) − F(a), ∑ n² = n(n + 1)(2n + 1)/6 ",
        );
    }

    #[test]
    fn what_is_left_out_is_said() {
        let wrong = "Tbc c010ny 0f h0ney bees is a sing1c 1iving tbing rnadc 0f rnany tb0usand b0dies and tbc queen 1ays \
                     tbc eggs f0r tbc vv0rkers.";
        let document = without_unreadable(Document { pages: vec![page(wrong)], ..Document::default() }, &[]);
        assert!(document.pages[0].blocks.is_empty());
        let sample = wrong.chars().take(80).collect();
        assert_eq!(document.left_out, [LeftOut { page: 3, reason: Reason::Unreadable, sample }]);
        let slanted = Document { pages: vec![page("Salt was carrie sunrise and he driver")], ..Document::default() };
        let slanted = without_unreadable(slanted, &[3]);
        assert!(slanted.pages[0].blocks.is_empty() && slanted.left_out.len() == 1, "{slanted:?}");
    }
}
