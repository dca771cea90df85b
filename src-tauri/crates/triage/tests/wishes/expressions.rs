//! Wordings beyond the examples of the conventions, English and Spanish.

use crate::notation::{differences, table};

fn holds(text: &str) {
    let wrong: Vec<String> = table(text).iter().flat_map(differences).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn english_as_people_write_it() {
    holds(
        "texting | | tmrw | 06-11
         texting | | 2moro b4 10 | 06-11T08:00-10:00
         texting | | thurs arvo | 06-11T12:00-17:00
         texting | | nxt wk | 06-15..06-21
         texting | | weds nxt wk, arvo pls | 06-17T12:00-17:00
         spelling | | tommorow morning | 06-11T08:00-12:00
         spelling | | next Wensday | 06-17
         spelling | | Thrusday afternon | 06-11T12:00-17:00
         asap | | asap please, need an appointment | ; earliest
         lists | | June 15, 16 or 19 | 06-15 06-16 06-19
         lists | | Tuesday at 10, 11 or 2 | 06-16T10:00 06-16T11:00 06-16T14:00
         lists | | weekdays after 4 please | 06-[11,12,15,16,17,18,19,22,23,24]T16:00-17:00
         weeks | | this week or next | 06-11..06-14 06-15..06-21
         weeks | | a week Tuesday | 06-23
         bounds | | Any chance before I fly out on Saturday | 06-11..06-12
         bounds | | the 22nd, 23rd or 24th. Not before 9:30 and not after 3. | 06-[22,23,24]T09:30-15:00 ; x 06-[22,23,24]T08:00-09:30 06-[22,23,24]T15:00-17:00
         exclusions | | Monday's out, Tuesday's fine until 2. | 06-16T08:00-14:00 ; x 06-15
         exclusions | | every morning except Mondays | 06-[11,12,16,17,18,19,23,24]T08:00-12:00 ; x 06-15 06-22",
    );
}

#[test]
fn spanish_as_people_write_it() {
    holds(
        "es | | Quiero una cita el 22 de junio a las 3 de la tarde | 06-22T15:00
         es | | ¿Podría cambiar la cita de mi hija del martes 16 al jueves 18 por la mañana? | 06-18T08:00-12:00 ; intent=change ; for=child
         es | | Los lunes no puedo; martes o miércoles a partir de las 10 sí. | 06-[16,17]T10:00-17:00 ; x 06-15 06-22
         es | | Me viene bien el jueves a las 11 o el viernes a las 9 y media | 06-11T11:00 06-12T09:30
         es | | Antes del 20 de junio si es posible, para los análisis | 06-11..06-19 ; visit=procedure
         es | | Estoy libre todas las tardes excepto los jueves | 06-[12,15,16,17,19,22,23,24]T12:00-17:00 ; x 06-11 06-18
         es | | a finales de mes o a principios de julio | 06-26..06-30 07-01..07-05
         es | | el segundo martes de julio | 07-07",
    );
}

#[test]
fn dates_that_are_no_wishes_stay_out() {
    holds(
        "out | | My bill from June 2 says $140. Can you check? | ; intent=none
         out | | I've had a cough since Monday. Can I come in on Thursday? | 06-11
         out | | My husband's birthday is June 20, could he come in on the 17th? | 06-17 ; for=partner
         out | | I take my pill at 8 every morning. Could I be seen on Friday? | 06-12
         out | | I saw Dr. Lund last week; is the 24th free? | 06-24
         out | | Pain is 7/10 and my BP is 120/80. Can I come tomorrow? | 06-11
         out | | Good morning, is there anything on Friday afternoon? | 06-12T12:00-17:00
         out | | Confirming my appointment on Tuesday at 9. | ; intent=none",
    );
}

#[test]
fn numeric_dates_follow_the_locale() {
    holds(
        "order | locale=en-US | 8/5 | 08-05 ; ambiguous
         order | locale=en-GB | 5/8 | 08-05 ; ambiguous
         order | locale=en-US | una cita el 5/8 por favor | 08-05 ; ambiguous
         order | locale=en-US | 3/7 or 13/7 | 07-03 07-13",
    );
}
