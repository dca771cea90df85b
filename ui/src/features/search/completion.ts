// What the search box offers while someone types: operators with an explanation, then their values. The
// language itself is the core's; this only knows its words.
import type { Vocabulary } from "$/generated/desk";
import type { Key } from "$/i18n/i18n.svelte";

export const operators = [
  "from",
  "to",
  "tag",
  "in",
  "is",
  "has",
  "before",
  "after",
  "channel",
  "pool",
  "account",
  "staff",
  "acuity",
] as const;
export type Operator = (typeof operators)[number];

const states = [
  "open",
  "waiting",
  "snoozed",
  "closed",
  "unread",
  "unassigned",
  "mine",
  "failed",
  "draft",
  "overdue",
  "flagged",
] as const;
const things = ["attachment", "note", "draft"] as const;
const acuities = ["emergency", "same_day", "routine", "administrative"] as const;
const channels = [
  "email",
  "messenger",
  "facebook",
  "instagram",
  "x",
  "linkedin",
  "bluesky",
  "mastodon",
  "review",
] as const;

/** One offer: what replaces the word under the cursor, and a catalogue key or a text that explains it. */
export type Offer = {
  insert: string;
  label: string;
  explain?: Key;
  hint?: string;
  goesOn: boolean;
};
export type Completion = { start: number; end: number; offers: Offer[] };

/** The word around the cursor: quotes hold it together. */
export function wordAt(text: string, cursor: number): { start: number; end: number; word: string } {
  let start = 0;
  let quoted = false;
  for (let index = 0; index < cursor; index += 1) {
    if (text[index] === '"') quoted = !quoted;
    else if (text[index] === " " && !quoted) start = index + 1;
  }
  let end = cursor;
  while (end < text.length && (quoted || text[end] !== " ")) {
    if (text[end] === '"') quoted = !quoted;
    end += 1;
  }
  return { start, end, word: text.slice(start, cursor) };
}

const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const quote = (value: string): string => (/\s/.test(value) ? `"${value}"` : value);
const day = (at: number): string => {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};

/** What could be meant at the cursor. An empty box offers the operators. */
export function complete(
  text: string,
  cursor: number,
  words: Vocabulary,
  accounts: readonly string[],
  now: number,
): Completion {
  const { start, end, word } = wordAt(text, cursor);
  const minus = word.startsWith("-") ? "-" : "";
  const typed = word.slice(minus.length);
  const colon = typed.indexOf(":");
  if (colon < 0) {
    const offers = operators
      .filter((operator) => (typed !== "" ? operator.startsWith(fold(typed)) : text.trim() === "" || minus !== ""))
      .map((operator): Offer => ({
        insert: `${minus}${operator}:`,
        label: `${minus}${operator}:`,
        explain: `search.op.${operator}`,
        goesOn: true,
      }));
    return { start, end, offers };
  }
  const operator = typed.slice(0, colon).toLowerCase() as Operator;
  const begun = fold(typed.slice(colon + 1).replace(/"/g, ""));
  const offers = values(operator, words, accounts, now)
    .filter(({ value }) => fold(value).includes(begun))
    .sort((a, b) => Number(fold(b.value).startsWith(begun)) - Number(fold(a.value).startsWith(begun)))
    .slice(0, 8)
    .map(({ value, explain, hint }): Offer => ({
      insert: `${minus}${operator}:${quote(value)} `,
      label: `${operator}:${quote(value)}`,
      ...(explain ? { explain } : {}),
      ...(hint ? { hint } : {}),
      goesOn: false,
    }));
  return { start, end, offers: offers.some(({ insert }) => insert.trim() === word) ? [] : offers };
}

type Value = { value: string; explain?: Key; hint?: string };

function values(operator: Operator, words: Vocabulary, accounts: readonly string[], now: number): Value[] {
  const DAY = 86_400_000;
  switch (operator) {
    case "tag":
      return words.tags.map(({ name }) => ({ value: name }));
    case "in":
      return [...words.pools, ...words.views].map(({ name }) => ({ value: name }));
    case "pool":
      return words.pools.map(({ name }) => ({ value: name }));
    case "staff":
      return words.staff.map(({ name }) => ({ value: name }));
    case "account":
      return accounts.map((value) => ({ value }));
    case "is":
      return states.map((value) => ({ value, explain: `search.is.${value}` }));
    case "has":
      return things.map((value) => ({ value, explain: `search.has.${value}` }));
    case "acuity":
      return acuities.map((value) => ({ value, explain: `acuity.${value}` }));
    case "channel":
      return channels.map((value) => ({ value }));
    case "before":
    case "after":
      return [
        { value: day(now), explain: "search.date.today" },
        { value: day(now - 7 * DAY), explain: "search.date.week" },
        { value: day(now - 30 * DAY), explain: "search.date.month" },
      ];
    case "from":
    case "to":
      return [];
    default:
      return [];
  }
}

/** The box after an offer was taken, and where the cursor stands. */
export function take(text: string, { start, end }: Completion, offer: Offer): { text: string; cursor: number } {
  const rest = text.slice(end);
  const inserted = offer.goesOn || !rest.startsWith(" ") ? offer.insert : offer.insert.trimEnd();
  return { text: text.slice(0, start) + inserted + rest, cursor: start + inserted.length };
}
