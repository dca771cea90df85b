//! Measures the reading of dates and appointment wishes: on the crate's own messages, and on the public sets beside the
//! repository (`../shared/evaldata`), where chrono-node and Recognizers-Text are run on the same cases.
//!
//! Every figure says what was left out. Without the public sets or without the baselines' packages it says so and
//! prints the rest.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a measurement that ends at the first surprise"
)]

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anteroom_triage::wishes::{
    dates::{Kind, Reference, Value, find, holidays::Country, resolve::Order, zones::Zone},
    jsonl,
};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::{Value as Json, json};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    println!("Whole messages of our own (exact: wanted and excluded windows as expected)");
    for name in ["tuned", "held_out"] {
        own(&root.join(format!("corpus/wishes/{name}.jsonl")), name);
    }
    let public = root.join("../../../../shared/evaldata");
    if !public.is_dir() {
        println!(
            "\nThe folder of public sets (../shared/evaldata beside the repository) is absent: nothing measured on it."
        );
        return;
    }
    let baselines = root.join("../../../tests/evaluate/baselines");
    if !baselines.join("node_modules").is_dir() {
        println!(
            "\nThe baselines' packages are absent (`npm ci` in tests/evaluate/baselines): ours alone is measured."
        );
    }
    forms(&lines(&public.join("date_sgd_forms.jsonl")), &baselines);
    duckling(&lines(&public.join("date_duckling_en.jsonl")), &baselines);
    specs(
        &lines(&public.join("date_recognizers_components.jsonl")),
        &baselines,
    );
    chrono_cases(&lines(&public.join("date_chrono_en.jsonl")), &baselines);
    requests(&lines(&public.join("appt_sgd_train.jsonl")));
}

fn lines(path: &PathBuf) -> Vec<Json> {
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

fn share(part: usize, whole: usize) -> String {
    format!(
        "{part}/{whole} = {:.1} %",
        100.0 * part as f64 / whole.max(1) as f64
    )
}

// --- our own messages

fn own(path: &PathBuf, name: &str) {
    let cases = lines(path);
    let read: Vec<Json> = cases
        .iter()
        .map(|c| serde_json::from_str(&jsonl::line(&c["input"].to_string()).unwrap()).unwrap())
        .collect();
    let count = |keys: &[&str]| {
        cases
            .iter()
            .zip(&read)
            .filter(|(c, r)| keys.iter().all(|k| c["expected"][*k] == r[*k]))
            .count()
    };
    println!(
        "  {name}: {} messages; exact windows {}",
        cases.len(),
        share(count(&["wanted", "excluded"]), cases.len())
    );
    println!(
        "    with intent, earliest and ambiguous {}; everything {}",
        share(
            count(&["wanted", "excluded", "intent", "earliest", "ambiguous"]),
            cases.len()
        ),
        share(
            count(&[
                "wanted",
                "excluded",
                "intent",
                "earliest",
                "ambiguous",
                "for",
                "visit_type",
                "reason",
                "clinician"
            ]),
            cases.len()
        )
    );
    let each = [
        "intent",
        "for",
        "visit_type",
        "reason",
        "clinician",
        "earliest",
        "ambiguous",
    ];
    println!(
        "    {}",
        each.map(|k| format!(
            "{k} {:.1} %",
            100.0 * count(&[k]) as f64 / cases.len() as f64
        ))
        .join(", ")
    );
}

// --- public sets

/// One mention of any recogniser, values into the future last.
#[derive(Clone, Debug)]
struct Mention {
    text: String,
    kind: String,
    values: Vec<(Option<NaiveDateTime>, Option<NaiveDateTime>)>,
}

/// What each recogniser finds in one text.
struct Found {
    ours: Vec<Mention>,
    chrono: Option<Vec<Mention>>,
    recognizers: Option<Vec<Mention>>,
}

struct Asked {
    text: String,
    now: NaiveDateTime,
    day_first: bool,
    forward: bool,
    zone: Option<i32>,
}

fn moment(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok()
}

fn ours(asked: &Asked) -> Vec<Mention> {
    let reference = Reference {
        now: asked.now,
        order: if asked.day_first {
            Order::DayMonth
        } else {
            Order::MonthDay
        },
        country: if asked.day_first {
            Country::Britain
        } else {
            Country::UnitedStates
        },
        zone: asked.zone.map(Zone::Offset),
    };
    let midnight = |d: NaiveDate| d.and_hms_opt(0, 0, 0);
    find(&asked.text, &reference)
        .into_iter()
        .map(|m| Mention {
            text: asked.text.get(m.span.clone()).unwrap().to_owned(),
            kind: kind(m.kind).to_owned(),
            values: vec![match m.value {
                Value::Date(day) => (midnight(day), None),
                Value::Time(time) => (Some(asked.now.date().and_time(time)), None),
                Value::Moment(at) => (Some(at), None),
                Value::Interval { start, end } => (start, end),
                Value::Length(_) | Value::Open => (None, None),
            }],
        })
        .collect()
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Date => "date",
        Kind::Time => "time",
        Kind::DateTime => "datetime",
        Kind::DateRange => "daterange",
        Kind::TimeRange => "timerange",
        Kind::DateTimeRange => "datetimerange",
        Kind::Duration => "duration",
        Kind::Set => "set",
        Kind::Zone => "timezone",
    }
}

fn run(asked: &[Asked], baselines: &Path) -> Vec<Found> {
    let others = others(asked, baselines);
    asked
        .iter()
        .enumerate()
        .map(|(i, one)| {
            let of = |name: &str| others.get(i).map(|o| mentions(&o[name]));
            Found {
                ours: ours(one),
                chrono: of("chrono"),
                recognizers: of("recognizers"),
            }
        })
        .collect()
}

/// The baselines' answers, one per case; none if they cannot run.
fn others(asked: &[Asked], baselines: &Path) -> Vec<Json> {
    if !baselines.join("node_modules").is_dir() {
        return Vec::new();
    }
    let child = Command::new("node")
        .arg("dates.mjs")
        .current_dir(baselines)
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        println!("  node is absent: ours alone is measured.");
        return Vec::new();
    };
    let mut stdin = child.stdin.take().unwrap();
    let input: String = asked
        .iter()
        .map(|a| json!({"text": a.text, "ref": a.now.format("%Y-%m-%dT%H:%M:%S").to_string(), "dayFirst": a.day_first, "forward": a.forward}).to_string() + "\n")
        .collect();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers: Vec<Json> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    if answers.len() == asked.len() {
        answers
    } else {
        Vec::new()
    }
}

fn mentions(list: &Json) -> Vec<Mention> {
    let text = |v: &Json| v.as_str().and_then(moment);
    list.as_array()
        .unwrap()
        .iter()
        .map(|m| Mention {
            text: m["text"].as_str().unwrap_or_default().to_owned(),
            kind: m["kind"].as_str().unwrap_or_default().to_owned(),
            values: m["values"]
                .as_array()
                .unwrap()
                .iter()
                .map(|v| (text(&v["start"]), text(&v["end"])))
                .collect(),
        })
        .collect()
}

/// Counts what each recogniser has right and prints one line.
fn score(title: &str, found: &[Found], right: impl Fn(usize, &[Mention]) -> bool) {
    let count = |pick: &dyn Fn(&Found) -> Option<&Vec<Mention>>| -> Option<usize> {
        found
            .iter()
            .map(pick)
            .enumerate()
            .try_fold(0, |sum, (i, list)| {
                list.map(|l| sum + usize::from(right(i, l)))
            })
    };
    let show = |n: Option<usize>| n.map_or_else(|| "not run".to_owned(), |n| share(n, found.len()));
    println!(
        "  {title}: ours {}; Recognizers-Text {}; chrono-node {}",
        show(count(&|f| Some(&f.ours))),
        show(count(&|f| f.recognizers.as_ref())),
        show(count(&|f| f.chrono.as_ref()))
    );
}

/// The longest mention, which stands for the whole of a short case.
fn longest(list: &[Mention]) -> Option<&Mention> {
    list.iter().max_by_key(|m| m.text.len())
}

fn forms(rows: &[Json], baselines: &Path) {
    println!(
        "\nDate and time wordings of booking dialogues ({} rows, none left out), reference 2019-03-01",
        rows.len()
    );
    let now = moment("2019-03-01T00:00:00").unwrap();
    for (title, dates) in [("dates", true), ("times", false)] {
        let chosen: Vec<&Json> = rows
            .iter()
            .filter(|r| (r["canonical"].as_str().unwrap().len() == 10) == dates)
            .collect();
        let asked: Vec<Asked> = chosen
            .iter()
            .map(|r| Asked {
                text: r["text"].as_str().unwrap().to_owned(),
                now,
                day_first: false,
                forward: true,
                zone: None,
            })
            .collect();
        let form = |at: NaiveDateTime| {
            at.format(if dates { "%Y-%m-%d" } else { "%H:%M" })
                .to_string()
        };
        score(
            &format!("{title}, value form exact, a single answer"),
            &run(&asked, baselines),
            |i, list| {
                list.len() == 1
                    && list[0].values.len() == 1
                    && list[0].values[0]
                        .0
                        .is_some_and(|at| form(at) == chosen[i]["canonical"])
            },
        );
        score(
            &format!("{title}, the reading into the future counts"),
            &run(&asked, baselines),
            |i, list| {
                list.len() == 1
                    && list[0]
                        .values
                        .last()
                        .and_then(|v| v.0)
                        .is_some_and(|at| form(at) == chosen[i]["canonical"])
            },
        );
    }
}

fn ymd(parts: &Json) -> Option<NaiveDateTime> {
    let n = |i: usize| parts[i].as_i64();
    NaiveDate::from_ymd_opt(n(0)? as i32, n(1)? as u32, n(2)? as u32)?.and_hms_opt(
        n(3)? as u32,
        n(4)? as u32,
        n(5)? as u32,
    )
}

fn duckling(rows: &[Json], baselines: &Path) {
    let rows: Vec<&Json> = rows
        .iter()
        .filter(|r| !r["kind"].as_str().unwrap().contains("Holiday"))
        .collect();
    println!(
        "\nDuckling's English cases without holidays ({} of 1,192; holidays left out as the set's notes ask)",
        rows.len()
    );
    println!(
        "  (an end may be given with or without its last unit; seconds are counted; the longest mention is judged)"
    );
    let now = moment("2013-02-12T04:30:00").unwrap();
    for (title, wanted) in [
        ("points", "datetime"),
        ("intervals", "datetimeInterval"),
        ("open intervals", "datetimeOpenInterval"),
        ("must not match", "none"),
    ] {
        let chosen: Vec<&Json> = rows
            .iter()
            .copied()
            .filter(|r| r["kind"] == wanted)
            .collect();
        let asked: Vec<Asked> = chosen
            .iter()
            .map(|r| Asked {
                text: r["text"].as_str().unwrap().to_owned(),
                now,
                day_first: r["suite"] == "GB",
                forward: true,
                zone: Some(-120),
            })
            .collect();
        score(title, &run(&asked, baselines), |i, list| {
            let row = chosen[i];
            let Some((start, end)) = longest(list).and_then(|m| m.values.last().copied()) else {
                return wanted == "none" && list.is_empty();
            };
            let coarse = matches!(
                row["grain"].as_str(),
                Some("Day" | "Week" | "Month" | "Quarter" | "Year")
            );
            let expected = ymd(&row["start"]);
            let at_start = start == expected
                || coarse && start.map(|s| s.date()) == expected.map(|e| e.date());
            match wanted {
                "datetime" => start.is_some() && at_start,
                "datetimeInterval" => {
                    let unit = match row["grain"].as_str() {
                        Some("Hour") => TimeDelta::hours(1),
                        Some("Minute") => TimeDelta::minutes(1),
                        Some("Second") => TimeDelta::seconds(1),
                        _ => TimeDelta::days(1),
                    };
                    start.is_some()
                        && at_start
                        && ymd(&row["end"]).is_some_and(|e| end == Some(e) || end == Some(e - unit))
                }
                "datetimeOpenInterval" if row["open"] == "Before" => {
                    start.is_none() && end == expected
                }
                "datetimeOpenInterval" => at_start && end.is_none(),
                _ => false,
            }
        });
    }
}

/// A span without the small words that specs sometimes count in.
fn bare(text: &str) -> String {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    while words.first().is_some_and(|w| {
        ["on", "at", "in", "the", "for", "during"].contains(&w.to_lowercase().as_str())
    }) {
        words.remove(0);
    }
    words.join(" ").to_lowercase()
}

fn specs(rows: &[Json], baselines: &Path) {
    let zones = rows
        .iter()
        .filter(|r| r["spec"].as_str().unwrap().starts_with("TimeZone"))
        .count();
    let rows: Vec<&Json> = rows
        .iter()
        .filter(|r| {
            !r["spec"].as_str().unwrap().starts_with("TimeZone")
                && !r["Results"].as_array().unwrap().is_empty()
        })
        .collect();
    println!(
        "\nRecognizers-Text component specs ({} inputs; left out: {zones} of zone names alone, which our recogniser is not for, and those without a result)",
        rows.len()
    );
    let asked: Vec<Asked> = rows
        .iter()
        .map(|r| {
            let now = r["Context"]["ReferenceDateTime"]
                .as_str()
                .and_then(|t| moment(t.get(..19)?))
                .or_else(|| moment("2016-11-07T00:00:00"));
            Asked {
                text: r["Input"].as_str().unwrap().to_owned(),
                now: now.unwrap(),
                day_first: false,
                forward: true,
                zone: None,
            }
        })
        .collect();
    let found = run(&asked, baselines);
    let all = |i: usize, list: &[Mention], typed: bool| {
        rows[i]["Results"].as_array().unwrap().iter().all(|r| {
            let kind = r["Type"]
                .as_str()
                .unwrap_or_default()
                .replace("datetimeV2.", "");
            list.iter().any(|m| {
                bare(&m.text) == bare(r["Text"].as_str().unwrap()) && (!typed || m.kind == kind)
            })
        })
    };
    score(
        "exactly the spans of the spec, letter by letter, and no others",
        &found,
        |i, list| {
            let mut expected: Vec<String> = rows[i]["Results"]
                .as_array()
                .unwrap()
                .iter()
                .map(|r| r["Text"].as_str().unwrap().to_lowercase())
                .collect();
            let mut got: Vec<String> = list.iter().map(|m| m.text.to_lowercase()).collect();
            expected.sort();
            got.sort();
            expected == got
        },
    );
    score(
        "every span found, leading small words aside",
        &found,
        |i, list| all(i, list, false),
    );
    score(
        "every span with its type (chrono-node has no such types)",
        &found,
        |i, list| all(i, list, true),
    );
}

fn chrono_cases(rows: &[Json], baselines: &Path) {
    let plain = |r: &Json| {
        matches!(r["config"].as_str(), Some("casual" | "en"))
            && r["option"].is_null()
            && (r["ref"].is_null() || r["ref"].is_string())
    };
    println!(
        "\nchrono-node's own cases (left out: strict mode, custom parsers, other languages, options, references that are objects, cases of several results)"
    );
    let chosen: Vec<&Json> = rows
        .iter()
        .filter(|r| plain(r) && r["kind"] == "none")
        .collect();
    let ask = |chosen: &[&Json]| -> Vec<Asked> {
        chosen
            .iter()
            .map(|r| {
                let now = r["ref"]
                    .as_str()
                    .and_then(moment)
                    .or_else(|| moment("2020-07-06T12:00:00"))
                    .unwrap();
                Asked {
                    text: r["text"].as_str().unwrap().to_owned(),
                    now,
                    day_first: false,
                    forward: false,
                    zone: None,
                }
            })
            .collect()
    };
    score(
        "must not match",
        &run(&ask(&chosen), baselines),
        |_, list| list.is_empty(),
    );
    let chosen: Vec<&Json> = rows
        .iter()
        .filter(|r| plain(r) && r["kind"] == "single" && expected_text(r).is_some())
        .collect();
    let found = run(&ask(&chosen), baselines);
    score("the span, small words aside", &found, |i, list| {
        list.iter()
            .any(|m| Some(bare(&m.text)) == expected_text(chosen[i]).map(|t| bare(&t)))
    });
    let chosen: Vec<&Json> = rows
        .iter()
        .filter(|r| {
            plain(r) && r["kind"] == "single" && r["ref"].is_string() && !parts(r).is_empty()
        })
        .collect();
    let found = run(&ask(&chosen), baselines);
    score(
        "the day that begins it (cases with a reference)",
        &found,
        |i, list| {
            let start = longest(list)
                .and_then(|m| m.values.last())
                .and_then(|v| v.0);
            start.is_some_and(|s| {
                parts(chosen[i])
                    .iter()
                    .all(|(format, value)| s.format(format).to_string().parse() == Ok(*value))
            })
        },
    );
}

fn expected_text(row: &Json) -> Option<String> {
    let list = row["expect"].as_array()?;
    list.iter().find(|e| e["path"] == "result.text" && e["matcher"] == "toBe" && e["not"].is_null())?["args"][0].as_str().map(str::to_owned)
}

fn parts(row: &Json) -> Vec<(&'static str, i64)> {
    let list = row["expect"].as_array().unwrap();
    [("year", "%Y"), ("month", "%m"), ("day", "%d")]
        .into_iter()
        .filter_map(|(name, format)| {
            let path = format!("result.start.get(\"{name}\")");
            Some((
                format,
                list.iter()
                    .find(|e| e["path"] == path.as_str() && e["matcher"] == "toBe")?["args"][0]
                    .as_i64()?,
            ))
        })
        .collect()
}

fn requests(rows: &[Json]) {
    println!("\nAppointment wishes in booking dialogues, turn by turn");
    println!("  wish: a turn labelled as booking, or one that gives a date or time for it;");
    println!("  no wish: turns that only ask for facts, thank, say goodbye or decline;");
    println!(
        "  left out: turns that look for a provider, choose one, agree or name a place, whose text alone is neither"
    );
    let (mut hit, mut missed, mut alarm, mut quiet, mut left) = (0, 0, 0, 0, 0);
    for row in rows {
        let acts: Vec<&str> = row["acts"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Json::as_str)
            .collect();
        let wish =
            row["intent"] == "BookAppointment" || !row["spans"].as_array().unwrap().is_empty();
        let other = row["intent"].is_null()
            && acts.iter().all(|a| {
                [
                    "REQUEST",
                    "THANK_YOU",
                    "GOODBYE",
                    "NEGATE",
                    "NEGATE_INTENT",
                    "AFFIRM",
                ]
                .contains(a)
            })
            && acts != ["AFFIRM"];
        let input = json!({"id": 0, "sent_at": "2019-03-01T09:00:00-08:00", "time_zone": "America/Los_Angeles", "locale": "en-US",
            "opening_hours": {"mon-sun": "08:00-18:00"}, "text": row["utterance"]});
        let read: Json = serde_json::from_str(&jsonl::line(&input.to_string()).unwrap()).unwrap();
        let seen = read["intent"] == "request" || read["intent"] == "change";
        match (wish, other, seen) {
            (true, _, true) => hit += 1,
            (true, _, false) => missed += 1,
            (false, true, true) => alarm += 1,
            (false, true, false) => quiet += 1,
            _ => left += 1,
        }
    }
    println!(
        "  recall {}; precision {}; no wishes {}, left out {left}",
        share(hit, hit + missed),
        share(hit, hit + alarm),
        alarm + quiet
    );
}
