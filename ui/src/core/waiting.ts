// How long someone has waited, in as few signs as carry it.
import { t } from "$/i18n/i18n.svelte";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export type Span = { unit: "now" | "minute" | "hour" | "day" | "week"; count: number };

/** A length of time in its largest whole unit; the future counts as now. */
export function span(milliseconds: number): Span {
  if (milliseconds < MINUTE) return { unit: "now", count: 0 };
  if (milliseconds < HOUR) return { unit: "minute", count: Math.floor(milliseconds / MINUTE) };
  if (milliseconds < DAY) return { unit: "hour", count: Math.floor(milliseconds / HOUR) };
  if (milliseconds < 14 * DAY) return { unit: "day", count: Math.floor(milliseconds / DAY) };
  return { unit: "week", count: Math.floor(milliseconds / (7 * DAY)) };
}

/** `4 min`, `3 h`, `2 d`. */
export function shortSpan(milliseconds: number): string {
  const { unit, count } = span(milliseconds);
  switch (unit) {
    case "now":
      return t("time.now");
    case "minute":
      return t("time.minutes", { count });
    case "hour":
      return t("time.hours", { count });
    case "day":
      return t("time.days", { count });
    case "week":
      return t("time.weeks", { count });
  }
}

/** `4 minutes`, for sentences and screen readers. */
export function longSpan(milliseconds: number): string {
  const { unit, count } = span(milliseconds);
  switch (unit) {
    case "now":
      return t("time.long.now");
    case "minute":
      return t("time.long.minutes", { count });
    case "hour":
      return t("time.long.hours", { count });
    case "day":
      return t("time.long.days", { count });
    case "week":
      return t("time.long.weeks", { count });
  }
}
