//! What the sign-in pages say, in the languages of the page.

use axum::http::{HeaderMap, header};

/// The words of one language.
pub(super) struct Words {
    pub(super) language: &'static str,
    pub(super) direction: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) sign_in_hint: &'static str,
    pub(super) email: &'static str,
    pub(super) password: &'static str,
    pub(super) password_hint: &'static str,
    pub(super) name: &'static str,
    pub(super) name_hint: &'static str,
    pub(super) make_account: &'static str,
    pub(super) first_title: &'static str,
    pub(super) first_hint: &'static str,
    pub(super) join_title: &'static str,
    pub(super) join_hint: &'static str,
    pub(super) no_account: &'static str,
    pub(super) has_account: &'static str,
    pub(super) not_open: &'static str,
    pub(super) tagline: &'static str,
    pub(super) with_issuer: &'static str,
    pub(super) or: &'static str,
    pub(super) problems: &'static [(&'static str, &'static str)],
    pub(super) other_problem: &'static str,
}

impl Words {
    /// What is said about a problem: by its code, since its own text is for programs, in English.
    pub(super) fn problem(&self, code: &str) -> &'static str {
        self.problems.iter().find(|(of, _)| *of == code).map_or(self.other_problem, |(_, text)| text)
    }
}

const ENGLISH: Words = Words {
    language: "en",
    direction: "ltr",
    sign_in: "Sign in",
    sign_in_hint: "Welcome back.",
    email: "Email address",
    password: "Password",
    password_hint: "At least 10 characters. A few words that you remember are best.",
    name: "Name",
    name_hint: "What you want to be called.",
    make_account: "Create account",
    first_title: "Set up Sluice",
    first_hint: "This creates the administrator of this server.",
    join_title: "Create your account",
    join_hint: "You were invited to this server.",
    no_account: "Create an account",
    has_account: "I have an account",
    not_open: "Accounts on this server are created by invitation. Ask its administrator for a link.",
    tagline: "Recordings, documents and ideas in. Videos, transcripts and knowledge out.",
    with_issuer: "Continue with",
    or: "or",
    problems: &[
        ("wrong_password", "The email address or the password is wrong."),
        ("too_many_attempts", "Too many attempts failed. Wait a little, then try again."),
        ("invalid_email", "That is not an email address such as ada@example.org."),
        ("address_taken", "There is already an account with this email address. Sign in with it."),
        ("weak_password", "Choose a password of 10 to 256 characters that is not easy to guess."),
        ("invalid_account", "Enter a name of 1 to 100 characters."),
        ("invitation_invalid", "This invitation was used, has expired, or is for another email address."),
        ("sign_up_closed", "Accounts on this server are created by invitation."),
        ("foreign_origin", "Another web page sent this form. Open the page again."),
        ("sign_in_failed", "Signing in there did not work. Try again, or use your password."),
        ("no_account_here", "There is no account here for that identity. Ask the administrator for an invitation."),
    ],
    other_problem: "That did not work, and nothing was changed. Try again later.",
};

const ARABIC: Words = Words {
    language: "ar",
    direction: "rtl",
    sign_in: "تسجيل الدخول",
    sign_in_hint: "مرحبًا بعودتك.",
    email: "البريد الإلكتروني",
    password: "كلمة المرور",
    password_hint: "10 أحرف على الأقل. بضع كلمات تتذكرها هي الأفضل.",
    name: "الاسم",
    name_hint: "الاسم الذي نناديك به.",
    make_account: "إنشاء الحساب",
    first_title: "إعداد Sluice",
    first_hint: "تُنشئ هذه الصفحة حساب مدير هذا الخادم.",
    join_title: "أنشئ حسابك",
    join_hint: "تمت دعوتك إلى هذا الخادم.",
    no_account: "إنشاء حساب",
    has_account: "لدي حساب",
    not_open: "تُنشأ الحسابات على هذا الخادم بالدعوة. اطلب رابطًا من مديره.",
    tagline: "تسجيلات ومستندات وأفكار تدخل، ومقاطع فيديو ونصوص ومعرفة تخرج.",
    with_issuer: "المتابعة باستخدام",
    or: "أو",
    problems: &[
        ("wrong_password", "البريد الإلكتروني أو كلمة المرور غير صحيحة."),
        ("too_many_attempts", "فشلت محاولات كثيرة. انتظر قليلًا ثم حاول مجددًا."),
        ("invalid_email", "هذا ليس عنوان بريد إلكتروني مثل ada@example.org."),
        ("address_taken", "يوجد حساب بهذا البريد الإلكتروني. سجّل الدخول به."),
        ("weak_password", "اختر كلمة مرور من 10 إلى 256 حرفًا يصعب تخمينها."),
        ("invalid_account", "أدخل اسمًا من 1 إلى 100 حرف."),
        ("invitation_invalid", "هذه الدعوة مستعملة أو منتهية أو لبريد إلكتروني آخر."),
        ("sign_up_closed", "تُنشأ الحسابات على هذا الخادم بالدعوة."),
        ("foreign_origin", "أرسلت صفحة أخرى هذا النموذج. افتح الصفحة من جديد."),
        ("sign_in_failed", "لم ينجح تسجيل الدخول هناك. حاول مجددًا أو استخدم كلمة المرور."),
        ("no_account_here", "لا يوجد حساب هنا لهذه الهوية. اطلب دعوة من المدير."),
    ],
    other_problem: "لم ينجح ذلك ولم يتغير شيء. حاول لاحقًا.",
};

/// The words for a browser: Arabic if it wants that before English.
pub(super) fn of(headers: &HeaderMap) -> &'static Words {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut languages = wanted.split(',').map(|one| one.split(';').next().unwrap_or_default().trim());
    let first = languages.find_map(|language| match language.split('-').next().unwrap_or_default() {
        tag if tag.eq_ignore_ascii_case("ar") => Some(&ARABIC),
        tag if tag.eq_ignore_ascii_case("en") => Some(&ENGLISH),
        _ => None,
    });
    first.unwrap_or(&ENGLISH)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_first_known_language_is_spoken() {
        for (wanted, language) in [
            ("ar-EG,ar;q=0.9,en;q=0.8", "ar"),
            ("en-US,en;q=0.9,ar;q=0.1", "en"),
            ("fr,ar", "ar"),
            ("fr", "en"),
            ("", "en"),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(wanted))]);
            assert_eq!(of(&headers).language, language, "{wanted}");
        }
        let codes = |words: &Words| words.problems.iter().map(|(code, _)| *code).collect::<Vec<_>>();
        assert_eq!(codes(&ENGLISH), codes(&ARABIC));
    }
}
