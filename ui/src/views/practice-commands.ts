// What the keys and the palette do in the open practice, wherever the cursor is.
import { act, undo } from "$/core/actions";
import { bindCommands } from "$/core/commands.svelte";
import { call } from "$/core/desk.svelte";
import { prefer, preferences } from "$/core/preferences.svelte";
import { type Picker, session } from "$/core/session.svelte";
import type { Action, ListScope } from "$/generated/desk";

export const focusList = (): void => {
  document.querySelector<HTMLElement>("[data-list]")?.focus();
};

const possible = (): boolean => session.screen === "inbox" && session.targets !== undefined;

const acting = (action: Action) => ({ run: () => void act(action), when: possible });

const picking = (kind: Picker, when = possible) => ({
  run: () => {
    const { targets } = session;
    const anchor = document.querySelector<HTMLElement>("#conversation header") ?? undefined;
    if (targets) session.picker = { kind, anchor, targets };
  },
  when,
});

const going = (scope: ListScope) => () => {
  session.show(scope);
  focusList();
};

/** Binds them; `contactInline` tells whether the contact panel has a pane of its own. */
export function bindPractice(contactInline: () => boolean): () => void {
  return bindCommands({
    claim: acting({ action: "claim" }),
    close: acting({ action: "close" }),
    reopen: acting({ action: "reopen" }),
    wait: acting({ action: "wait" }),
    unread: acting({ action: "mark_unread" }),
    snooze: picking("snooze"),
    tag: picking("tag"),
    pool: picking("pool"),
    assign: picking("assign"),
    acuity: picking("acuity"),
    merge: picking("merge", () => session.conversation !== undefined && session.picked.size === 0),
    undo: () => void undo(),
    back,
    go_inbox: going({ kind: "inbox" }),
    go_mine: going({ kind: "mine" }),
    go_red_flags: going({ kind: "red_flags" }),
    go_waiting: going({ kind: "waiting" }),
    go_snoozed: going({ kind: "snoozed" }),
    go_drafts: going({ kind: "drafts" }),
    go_outbox: going({ kind: "outbox" }),
    go_closed: going({ kind: "closed" }),
    palette: () => (session.overlay = "palette"),
    help: () => (session.overlay = "shortcuts"),
    panel: () => {
      if (contactInline()) void prefer({ contactShown: !preferences.contactShown });
      else session.contactOver = !session.contactOver;
    },
    settings: () => {
      session.settings();
    },
    sync: () => void syncAll(),
    lock: () => void call("lock", null).catch(() => undefined),
  });
}

/** One step back: out of settings, out of the selection, out of the search in a conversation, to the list. */
function back(): void {
  if (session.screen === "settings") session.screen = "inbox";
  else if (session.picked.size > 0 || session.everything) session.unpick();
  else if (session.finding) session.finding = false;
  session.pane = "list";
  session.sidebarShown = false;
  session.contactOver = false;
  focusList();
}

async function syncAll(): Promise<void> {
  const { accounts } = await call("accounts", null);
  await Promise.allSettled(accounts.map(({ id }) => call("sync_now", { account: id })));
}
