// What the machine saw in a message, read defensively: the shape is the triage's own and may grow.
import type { Acuity } from "$/generated/desk";

export type Flag = { start: number | undefined; end: number | undefined; text: string; reason: string; source: string };
export type Findings = { acuity: Acuity | undefined; flags: Flag[] };

const ACUITIES: readonly unknown[] = ["administrative", "routine", "same_day", "emergency"] satisfies Acuity[];

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

export function findingsOf(given: unknown): Findings {
  const { acuity, red_flags } = record(given);
  const flags = (Array.isArray(red_flags) ? red_flags : []).map(record).map((flag): Flag => ({
    start: number(flag["start"]),
    end: number(flag["end"]),
    text: text(flag["text"]),
    reason: text(flag["reason"]),
    source: text(flag["source"]),
  }));
  return {
    acuity: ACUITIES.includes(acuity) ? (acuity as Acuity) : undefined,
    flags: flags.filter(({ reason }) => reason !== ""),
  };
}

/** Where the words that raised a flag stand in the text, in bytes. */
export const spansOf = ({ flags }: Findings): { start: number; end: number }[] =>
  flags.flatMap(({ start, end }) => (start !== undefined && end !== undefined ? [{ start, end }] : []));

/** Each reason once, with the words that raised it. */
export function reasonsOf(flags: readonly Flag[]): { reason: string; source: string; words: string[] }[] {
  const reasons = new Map<string, { reason: string; source: string; words: string[] }>();
  for (const { reason, source, text: word } of flags) {
    const known = reasons.get(reason) ?? { reason, source, words: [] };
    const same = known.words.some((one) => one.toLowerCase() === word.toLowerCase());
    if (word && !same) known.words.push(word);
    reasons.set(reason, known);
  }
  return [...reasons.values()];
}
