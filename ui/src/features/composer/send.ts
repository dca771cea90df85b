// What "Send" and "Save note" do. A note goes one way and a reply the other; neither can take the other's.
import { attempt, listing } from "$/core/actions";
import { now } from "$/core/clock.svelte";
import { call } from "$/core/desk.svelte";
import { preferences } from "$/core/preferences.svelte";
import { session } from "$/core/session.svelte";
import { toast } from "$/core/toasts.svelte";
import { words } from "$/core/vocabulary.svelte";
import type { AfterReply, ConversationView } from "$/generated/desk";
import { dayAndTime } from "$/i18n/dates";
import { currentLocale, t } from "$/i18n/i18n.svelte";
import type { DraftState, Keeper } from "./draft.svelte";
import { unfilled } from "./variables";

/** Where the drafts of a conversation are kept. */
export const keeperOf = (conversation: string): Keeper => ({
  save: async ({ attachments, ...rest }) => {
    await call("save_draft", { conversation, ...rest, attachments: attachments.map(({ id }) => id) });
  },
  discard: async () => {
    await call("discard_draft", { conversation });
  },
});

/** Throws a draft away, with the way back. */
export async function discardDraft(draft: DraftState, conversation: string): Promise<void> {
  const written = await draft.finish();
  await call("discard_draft", { conversation }).catch(() => undefined);
  const restore = (): void => {
    draft.restore(written);
  };
  toast({ text: t("composer.discarded"), tone: "done", action: { label: t("composer.restore"), run: restore } });
}

export type Sending = { then: AfterReply; at?: number };
type Given = { draft: DraftState; view: ConversationView; name: string; how: Sending };

export async function sendDraft(given: Given): Promise<void> {
  const { draft } = given;
  if (draft.empty) {
    toast({ text: t("composer.empty"), tone: "done" });
    return;
  }
  const variable = draft.kind === "reply" ? unfilled(draft.text) : undefined;
  if (variable) {
    toast({ text: t("composer.unknown_variable", { name: variable }), tone: "error" });
    return;
  }
  if (draft.kind === "note") await saveNote(given);
  else await sendReply(given);
}

async function saveNote({ draft, view }: Given): Promise<void> {
  const written = await draft.finish();
  const mentions = words.staff.filter(({ name }) => written.text.includes(`@${name}`)).map(({ id }) => id);
  const noted = await attempt(() =>
    call("add_note", { conversation: view.row.id, text: written.text.trim(), mentions }),
  );
  if (noted) toast({ text: t("composer.note_saved"), tone: "done" });
  else draft.restore(written);
}

async function sendReply({ draft, view, name, how }: Given): Promise<void> {
  const conversation = view.row.id;
  const written = await draft.finish();
  const next = how.then === "close" && preferences.afterClosing === "next" ? listing.after([conversation]) : undefined;
  const sent = await attempt(() =>
    call("send_reply", {
      conversation,
      to: written.to,
      subject: written.subject || null,
      text: written.text,
      attachments: written.attachments.map(({ id }) => id),
      send_at: how.at ?? null,
      then: how.then,
    }),
  );
  if (!sent) {
    draft.restore(written);
    return;
  }
  const seconds = Math.max(1, Math.round((sent.held_until - Date.now()) / 1000));
  toast({
    text: how.at
      ? t("composer.held_later", { when: dayAndTime(how.at, now(), currentLocale()) })
      : t("composer.held", { name, seconds }),
    tone: "done",
    until: Math.min(sent.held_until, Date.now() + 15_000),
    action: { label: t("undo"), run: () => void takeBack(sent.reply, conversation) },
  });
  if (next) session.open(next);
}

/** The text comes back as the conversation's draft, and the conversation back on screen. */
async function takeBack(reply: string, conversation: string): Promise<void> {
  const cancelled = await attempt(() => call("cancel_reply", { reply }));
  if (!cancelled) return;
  toast({ text: t("composer.taken_back"), tone: "done" });
  session.open(conversation);
  session.write("reply");
}
