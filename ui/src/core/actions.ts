// What staff do to conversations: run it, say what was done, offer the way back, go on to the next.
import { Refusal } from "$/backend/backend";
import type { Action, OperationId, Targets } from "$/generated/desk";
import { t } from "$/i18n/i18n.svelte";
import { call } from "./desk.svelte";
import { preferences } from "./preferences.svelte";
import { session } from "./session.svelte";
import { toast } from "./toasts.svelte";
import { words } from "./vocabulary.svelte";

/** Says why something did not work, until it is closed. */
export function tell(refusal: Refusal): void {
  toast({ text: [refusal.message, refusal.help].filter(Boolean).join(" "), tone: "error" });
}

/** Runs something that may be refused, and tells why it was. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    tell(Refusal.from(thrown));
    return undefined;
  }
}

/** What was done in this window, newest last: what the undo key takes back. */
const recent: OperationId[] = [];

/** Says what was done, with the way back. */
export function done(text: string, operation: OperationId | null): void {
  if (operation) recent.push(operation);
  toast({
    text,
    tone: "done",
    action: operation ? { label: t("undo"), run: () => void undo(operation) } : undefined,
  });
}

/** Takes an operation back; without one, one's own newest. */
export async function undo(operation: OperationId | null = recent.at(-1) ?? null): Promise<void> {
  const index = operation === null ? -1 : recent.lastIndexOf(operation);
  if (index >= 0) recent.splice(index, 1);
  await attempt(async () => {
    const { changed } = await call("undo", { operation });
    toast({ text: t(changed > 0 ? "undone" : "undo.nothing"), tone: "done" });
  });
}

/** Does one thing to the targets: by default the picked conversations, else the open one. `name` is the tag's,
    where it is too new to be known here. */
export async function act(
  action: Action,
  targets: Targets | undefined = session.targets,
  name?: string,
): Promise<void> {
  if (!targets) return;
  const leaving = ["close", "snooze", "wait"].includes(action.action);
  const next = leaving ? afterLeaving(targets) : undefined;
  await attempt(async () => {
    const { operation, changed } = await call("act", { targets, action });
    if (action.action !== "mark_read") done(sentence(action, changed, name), operation);
    if (targets.kind === "scope" || session.picked.size > 0) session.unpick();
    if (next) session.open(next.conversation);
  });
}

/** Asks the list who comes next; set by the list while it is shown. */
export const listing: { after: (ids: readonly string[]) => string | undefined } = {
  after: () => undefined,
};

function afterLeaving(targets: Targets): { conversation: string | undefined } | undefined {
  if (preferences.afterClosing === "stay" || targets.kind !== "ids") return undefined;
  if (!session.conversation || !targets.ids.includes(session.conversation)) return undefined;
  return { conversation: listing.after(targets.ids) };
}

function sentence(action: Action, count: number, name?: string): string {
  switch (action.action) {
    case "add_tag":
      return t("done.tagged", { count, tag: words.tag(action.tag)?.name ?? name ?? "" });
    case "take_tag":
      return t("done.untagged", { count, tag: words.tag(action.tag)?.name ?? "" });
    case "claim":
      return t("done.claimed", { count });
    case "assign":
      return t("done.assigned", { count, name: words.member(action.staff)?.name ?? "" });
    case "release":
      return t("done.released", { count });
    case "pool":
      return t("done.pooled", { count, pool: words.pool(action.pool)?.name ?? "" });
    case "close":
      return t("done.closed", { count });
    case "reopen":
      return t("done.reopened", { count });
    case "wait":
      return t("done.waiting", { count });
    case "snooze":
      return t("done.snoozed", { count });
    case "set_acuity":
      return t("done.acuity", { count, acuity: t(`acuity.${action.acuity}`) });
    case "mark_read":
      return t("done.read", { count });
    case "mark_unread":
      return t("done.unread", { count });
  }
}
