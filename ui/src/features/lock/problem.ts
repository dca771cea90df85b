// What a closed practice can suffer from, and what helps: one table from code to words and ways out.
import type { CommandError, ErrorCode } from "$/generated/desk";
import type { Key } from "$/i18n/i18n.svelte";

export type WayOut = "passphrase" | "recovery" | "retry" | "none";
export type Problem = { title: Key; happened: Key; safe: Key; todo: Key; ways: WayOut[] };

const known = [
  "no_keychain",
  "keychain_locked",
  "keychain_entry_missing",
  "wrong_key",
  "damaged",
  "newer_version",
  "disk_full",
  "read_only",
  "already_open",
] as const satisfies readonly ErrorCode[];
type Known = (typeof known)[number];

const ways: Record<Known, WayOut[]> = {
  no_keychain: ["retry", "recovery"],
  keychain_locked: ["retry", "recovery"],
  keychain_entry_missing: ["recovery", "retry"],
  wrong_key: ["recovery", "retry"],
  damaged: ["retry"],
  newer_version: ["retry"],
  disk_full: ["retry"],
  read_only: ["retry"],
  already_open: ["retry"],
};

/** The designed page for a problem; nothing for a practice that is simply locked. */
export function problemOf(error: CommandError | null): Problem | undefined {
  if (!error || ["locked", "needs_passphrase", "wrong_passphrase"].includes(error.code)) return undefined;
  const code = known.find((one) => one === error.code);
  if (!code)
    return {
      title: "problem.other.title",
      happened: "problem.other.happened",
      safe: "problem.other.safe",
      todo: "problem.other.todo",
      ways: ["retry", "recovery"],
    };
  return {
    title: `problem.${code}.title`,
    happened: `problem.${code}.happened`,
    safe: `problem.${code}.safe`,
    todo: `problem.${code}.todo`,
    ways: ways[code],
  };
}
