// Runs chrono-node and Recognizers-Text on the cases that the evaluation of our own date reader uses.
//
// In, one case per line: {"text", "ref": "2013-02-12T04:30:00", "dayFirst": bool, "forward": bool}; all times are
// local and carry no zone. Out, one line per case: {"chrono": [mention], "recognizers": [mention]}, where a mention is
// {"text", "kind", "values": [{"start", "end"}]}; the last value is the reading into the future.
import { createInterface } from "node:readline";

let chrono, recognizers;
try {
  chrono = await import("chrono-node");
  recognizers = (await import("@microsoft/recognizers-text-suite")).default;
} catch {
  console.log(JSON.stringify({ missing: "run `npm ci` in tests/evaluate/baselines first" }));
  process.exit(0);
}
process.env.TZ = "UTC";

const local = (date) => date.toISOString().slice(0, 19);

function byChrono({ text, ref, dayFirst, forward }) {
  const reader = dayFirst ? chrono.en.GB : chrono.casual;
  const found = reader.parse(text, { instant: new Date(`${ref}Z`), timezone: 0 }, { forwardDate: forward });
  return found.map((one) => ({
    text: one.text,
    kind: one.end ? "range" : one.start.isCertain("hour") ? (one.start.isCertain("day") ? "datetime" : "time") : "date",
    values: [{ start: local(one.start.date()), end: one.end ? local(one.end.date()) : null }],
  }));
}

// Recognizers-Text writes moments with a space and times without a day.
const moment = (value, ref) => {
  if (!value) return null;
  if (/^\d\d:\d\d:\d\d$/.test(value)) return `${ref.slice(0, 10)}T${value}`;
  return value.includes(":") ? value.replace(" ", "T") : `${value}T00:00:00`;
};

function byRecognizers({ text, ref, dayFirst }) {
  const culture = dayFirst ? recognizers.Culture.EnglishOthers : recognizers.Culture.English;
  // The library reads the reference by its local fields; TZ is UTC here.
  const found = recognizers.recognizeDateTime(text, culture, undefined, new Date(`${ref}Z`));
  return found.map((one) => ({
    text: one.text,
    kind: one.typeName.replace("datetimeV2.", ""),
    values: (one.resolution?.values ?? []).map((value) => ({
      start: moment(value.value ?? value.start, ref),
      end: moment(value.end, ref),
    })),
  }));
}

const guarded = (reader, input) => {
  try {
    return reader(input);
  } catch {
    return [];
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  const input = JSON.parse(line);
  console.log(JSON.stringify({ chrono: guarded(byChrono, input), recognizers: guarded(byRecognizers, input) }));
}
