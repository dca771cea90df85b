// Canned responses: variables such as `{contact.first_name|there}`, and finding one by what was typed.
import type { Canned } from "$/generated/desk";

export type Values = {
  "contact.name": string;
  "contact.first_name": string;
  "staff.name": string;
  "practice.name": string;
};

const VARIABLE = /\{([a-z_.]+)(?:\|([^}]*))?\}/g;

/** Fills in what is known; a variable without value and without a spare word stays visible. */
export function fill(text: string, values: Values): string {
  return text.replace(VARIABLE, (whole, name: string, spare: string | undefined) => {
    const value = name in values ? values[name as keyof Values] : "";
    return value || spare || whole;
  });
}

/** The first variable that was not filled in: a text with one must not leave. */
export function unfilled(text: string): string | undefined {
  return text.match(/\{[a-z_]+\.[a-z_]+(?:\|[^}]*)?\}/)?.[0];
}

/** The given name in a name as networks write it; nothing for addresses and for titles alone. */
export function firstName(name: string): string {
  const given = name.includes(",") ? (name.split(",")[1] ?? "") : name;
  const words = given
    .trim()
    .split(/\s+/)
    .filter((word) => !/^(dr|mr|mrs|ms|prof)\.?$/i.test(word));
  const first = words[0] ?? "";
  return /^[\p{L}'’.-]+$/u.test(first) && !name.includes("@") ? first : "";
}

export type Trigger = { sign: "/" | "@"; typed: string; start: number };

/** A `/` or `@` being typed before the cursor, at the beginning of a word. */
export function trigger(text: string, cursor: number): Trigger | undefined {
  const match = /(?:^|\s)([/@])([\p{L}\p{N}_-]*)$/u.exec(text.slice(0, cursor));
  if (!match) return undefined;
  const typed = match[2] ?? "";
  return { sign: match[1] === "@" ? "@" : "/", typed, start: cursor - typed.length - 1 };
}

/** Canned responses whose shortcut or title begins so; shortcuts first. */
export function matching(canned: readonly Canned[], typed: string): Canned[] {
  const wanted = typed.toLocaleLowerCase();
  const rank = ({ shortcut, title }: Canned): number =>
    shortcut.toLocaleLowerCase().startsWith(wanted)
      ? 0
      : title
            .toLocaleLowerCase()
            .split(/\s+/)
            .some((word) => word.startsWith(wanted))
        ? 1
        : 2;
  return canned
    .map((one) => ({ one, rank: rank(one) }))
    .filter((entry) => entry.rank < 2)
    .sort((a, b) => a.rank - b.rank)
    .map((entry) => entry.one);
}
