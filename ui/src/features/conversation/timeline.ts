// What staff and machine did, as sentences.
import type { Acuity, TimelineEntry } from "$/generated/desk";
import { words } from "$/core/vocabulary.svelte";
import { dayAndTime } from "$/i18n/dates";
import { currentLocale, t } from "$/i18n/i18n.svelte";

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const ACUITIES: readonly string[] = ["administrative", "routine", "same_day", "emergency"];

/** The sentence for one entry. Unknown kinds are named rather than hidden. */
export function sentence(entry: TimelineEntry, now: number): string {
  const who = words.member(entry.staff)?.name ?? t("machine");
  const { details } = entry;
  switch (entry.what) {
    case "tag_added":
    case "tag_taken":
      return t(`timeline.${entry.what}`, {
        who,
        what: words.tag(text(details["tag"]) ?? "")?.name ?? "…",
      });
    case "assigned": {
      const staff = text(details["staff"]);
      if (!staff) return t("timeline.released", { who });
      if (staff === entry.staff) return t("timeline.claimed", { who });
      return t("timeline.assigned", { who, what: words.member(staff)?.name ?? "…" });
    }
    case "pooled":
      return t("timeline.pooled", {
        who,
        what: words.pool(text(details["pool"]) ?? "")?.name ?? "…",
      });
    case "state_set":
      return stateSentence(details["state"], details["until"], who, now);
    case "acuity_set": {
      const acuity = text(details["acuity"]) ?? "";
      const what = ACUITIES.includes(acuity) ? t(`acuity.${acuity as Acuity}`) : acuity;
      return entry.staff === null ? t("timeline.acuity_text", { what }) : t("timeline.acuity", { who, what });
    }
    case "conversations_merged":
      return t("timeline.merged", { who });
    case "conversation_split":
      return t("timeline.split", { who });
    case "reply_cancelled":
      return t("timeline.reply_cancelled", { who });
    case "reply_retried":
      return t("timeline.reply_retried", { who });
    case "undone":
      return t("timeline.undone", { who });
    case "contacts_merged":
    case "contacts_parted":
      return t("timeline.contact", { who });
    default:
      return t("timeline.other", { who, what: entry.what.replace(/_/g, " ") });
  }
}

/** The state comes as a word, or as an object with the instant of a snooze. */
function stateSentence(given: unknown, until: unknown, who: string, now: number): string {
  const state =
    typeof given === "object" && given !== null ? (given as Record<string, unknown>) : { state: given, until };
  switch (state["state"]) {
    case "closed":
      return t("timeline.closed", { who });
    case "waiting":
      return t("timeline.waiting", { who });
    case "snoozed": {
      const at = typeof state["until"] === "number" ? state["until"] : now;
      return t("timeline.snoozed", { who, what: dayAndTime(at, now, currentLocale()) });
    }
    default:
      return t("timeline.opened", { who });
  }
}
