//! What is folded, and above all what is not.

use insta::assert_snapshot;

use crate::support::folded;

fn fold(text: &str) -> String {
    folded(text, &mime::quoted_ranges(text))
}

#[test]
fn introductions_in_many_languages() {
    for introduction in [
        "On Thu, May 7, 2026 at 9:30 AM Front desk <info@riverside.example> wrote:",
        "Am 07.05.2026 um 09:30 schrieb Front desk <info@riverside.example>:",
        "Am Donnerstag, 7. Mai 2026, 09:30:12 CEST schrieb Praxis:",
        "Le jeu. 7 mai 2026 à 09:30, Accueil <info@riverside.example> a écrit :",
        "El jue, 7 may 2026 a las 9:30, Recepción (<info@riverside.example>) escribió:",
        "Em qui., 7 de mai. de 2026 às 09:30, Recepção <info@riverside.example> escreveu:",
        "Il giorno gio 7 mag 2026 alle ore 09:30 Studio <info@riverside.example> ha scritto:",
        "Op do 7 mei 2026 om 09:30 schreef Balie <info@riverside.example>:",
        "Den tors 7 maj 2026 kl 09:30 skrev Reception <info@riverside.example>:",
        "czw., 7 maj 2026 o 09:30 Recepcja <info@riverside.example> napisał(a):",
        "чт, 7 мая 2026 г. в 09:30, Регистратура <info@riverside.example>:\u{20}пишет:",
    ] {
        for quoted in ["> earlier\n> words\n", "earlier\nwords\n"] {
            let text = format!("Mine.\n\n{introduction}\n\n{quoted}");
            let ranges = mime::quoted_ranges(&text);
            assert_eq!(ranges.len(), 1, "{text}");
            assert_eq!(ranges[0].range, 7..text.len(), "{text}");
        }
    }
}

#[test]
fn header_blocks() {
    for block in [
        "-----Original Message-----\nFrom: Front desk\nSent: Thursday\nTo: Sam\nSubject: x\n",
        "-----Ursprüngliche Nachricht-----\nVon: Praxis\n",
        "________________________________\nFrom: Front desk <info@riverside.example>\nSent: Thursday, May 7, 2026 9:30 AM\nTo: Sam\nSubject: x\n",
        "Von: Praxis <info@riverside.example>\nGesendet: Donnerstag, 7. Mai 2026 09:30\nAn: Sam\nBetreff: x\n",
        "*De:* Recepción <info@riverside.example>\n*Enviado el:* jueves, 7 de mayo de 2026\n*Para:* Sam\n*Asunto:* x\n",
        "De : Accueil\nEnvoyé : jeudi 7 mai 2026 09:30\nÀ : Sam\nObjet : x\n",
    ] {
        let text = format!("Mine.\n\n{block}\nearlier words\n");
        let ranges = mime::quoted_ranges(&text);
        assert_eq!(ranges.len(), 1, "{text}");
        assert_eq!(ranges[0].range, 7..text.len(), "{text}");
        assert_eq!(ranges[0].kind, mime::QuotedKind::Earlier, "{text}");
    }
}

#[test]
fn phones_and_signatures() {
    for line in [
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Enviado desde mi iPhone",
        "Envoyé de mon iPad",
        "Get Outlook for Android",
        "Gesendet mit der GMX Mail App",
        "Sent from my Verizon Wireless BlackBerry",
    ] {
        let text = format!("Mine.\n\n{line}\n");
        assert_eq!(mime::quoted_ranges(&text).len(), 1, "{line}");
    }
}

#[test]
fn a_patients_own_words_stay() {
    for text in [
        "My temperature was\n> 38.5 since Monday\nplease call",
        ">38.5 all night",
        "Blood sugar\n>200\nwhat now?",
        "On Monday the doctor wrote:\nstop the tablets.\nShould I?",
        "On 5 May your nurse wrote:\ntake two. Is that right?",
        "Sent from my desk, is much easier then my mobile phone.",
        "Von meinem Arzt habe ich gehört, dass ich anrufen soll",
        "From: the beginning it hurt.\nIt was bad.",
        "Date: tomorrow\nTo: me",
        "a -- not a signature\nmore",
        "--\n",
        "I was sent via ambulance to the hospital, where they did nothing for me",
        "From what I know\nSubject: to change",
    ] {
        assert_eq!(mime::quoted_ranges(text), [], "{text}");
    }
    // A long stretch behind dashes is somebody's text.
    let long = format!("Hello\n--\n{}", "another line\n".repeat(40));
    assert_eq!(mime::quoted_ranges(&long), []);
}

#[test]
fn answers_between_quotations() {
    assert_snapshot!(fold("On 7 May 2026, at 9:30, Front desk <info@riverside.example> wrote:\n> Does it hurt?\n\nYes, a lot.\n\n> Since when?\n>\n> And where?\nSince 3 days.\n"), @"
    E | On 7 May 2026, at 9:30, Front desk <info@riverside.example> wrote:
    E | > Does it hurt?
      | 
      | Yes, a lot.
      | 
    E | > Since when?
    E | >
    E | > And where?
      | Since 3 days.
    ");
}

#[test]
fn forwarded_mail_is_its_own_kind() {
    assert_snapshot!(fold("Please look at these.\n\n---------- Forwarded message ---------\nFrom: Laboratory <lab@other.example>\nDate: Thu\nSubject: results\nTo: Sam\n\nPotassium 6.1\n"), @"
      | Please look at these.
      | 
    F | ---------- Forwarded message ---------
    F | From: Laboratory <lab@other.example>
    F | Date: Thu
    F | Subject: results
    F | To: Sam
    F | 
    F | Potassium 6.1
    ");
    // Nothing of one's own before it: it was passed on.
    assert_snapshot!(fold("From: Laboratory <lab@other.example>\nSent: Thursday\nTo: Sam\nSubject: results\n\nPotassium 6.1\n"), @"
    F | From: Laboratory <lab@other.example>
    F | Sent: Thursday
    F | To: Sam
    F | Subject: results
    F | 
    F | Potassium 6.1
    ");
}
