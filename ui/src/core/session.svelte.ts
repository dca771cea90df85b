// Where the staff member is: which list, which conversation, what is picked, what is open on top.
// Shared by the features through this one object; forgotten when the practice locks.
import { SvelteSet } from "svelte/reactivity";
import type { ConversationId, DraftKind, InboxSort, ListScope, MessageId, Targets } from "$/generated/desk";

export type Screen = "inbox" | "settings";
export type SettingsPage =
  | "accounts"
  | "staff"
  | "tags"
  | "pools"
  | "views"
  | "canned"
  | "appearance"
  | "shortcuts"
  | "sending"
  | "backup"
  | "protection"
  | "audit"
  | "about";
export type Picker = "snooze" | "tag" | "pool" | "assign" | "acuity" | "merge" | "save_view" | "send_later";
export type OpenPicker = { kind: Picker; anchor: HTMLElement | undefined; targets: Targets };
export type Overlay = "palette" | "shortcuts" | "tour";

const forgetful = new Set<() => void>();

/** Asks to be told when the practice closes and nothing of it may stay. */
export function onForget(forget: () => void): void {
  forgetful.add(forget);
}

class Session {
  screen = $state<Screen>("inbox");
  settingsPage = $state<SettingsPage>("accounts");
  scope = $state.raw<ListScope>({ kind: "inbox" });
  sort = $state<InboxSort>("urgent");
  /** What stands in the search box; shows results while not empty. */
  search = $state("");
  conversation = $state<ConversationId>();
  /** A message to scroll to once its conversation is shown. */
  message = $state<MessageId>();
  /** Words to highlight in the conversation. */
  terms = $state.raw<readonly string[]>([]);
  readonly picked = new SvelteSet<ConversationId>();
  /** Everything that the list matches is picked, also what was not scrolled to. */
  everything = $state(false);
  picker = $state.raw<OpenPicker>();
  overlay = $state<Overlay>();
  finding = $state(false);
  /** On narrow windows one pane is shown at a time. */
  pane = $state<"list" | "conversation">("list");
  sidebarShown = $state(false);
  /** On windows without room for it, the contact panel lies over the conversation while this is set. */
  contactOver = $state(false);
  /** Raised to put the cursor into the composer. */
  compose = $state.raw<{ kind: DraftKind; at: number }>();

  /** Shows a list; the conversation stays open until another is chosen. */
  show(scope: ListScope): void {
    this.scope = scope;
    this.search = "";
    this.terms = [];
    this.screen = "inbox";
    this.pane = "list";
    this.sidebarShown = false;
    this.unpick();
  }

  open(conversation: ConversationId | undefined, message?: MessageId): void {
    if (this.conversation !== conversation) this.finding = false;
    this.conversation = conversation;
    this.message = message;
    this.screen = "inbox";
  }

  /** What the list shows, as a scope for commands on everything. */
  get listed(): ListScope {
    return this.search.trim() ? { kind: "query", query: this.search.trim() } : this.scope;
  }

  /** What an action works on: the picked ones, else the open conversation. */
  get targets(): Targets | undefined {
    if (this.everything) return { kind: "scope", scope: this.listed };
    if (this.picked.size > 0) return { kind: "ids", ids: [...this.picked] };
    return this.conversation ? { kind: "ids", ids: [this.conversation] } : undefined;
  }

  pick(id: ConversationId, on = !this.picked.has(id)): void {
    this.everything = false;
    if (on) this.picked.add(id);
    else this.picked.delete(id);
  }

  unpick(): void {
    this.picked.clear();
    this.everything = false;
  }

  write(kind: DraftKind): void {
    this.pane = "conversation";
    this.compose = { kind, at: performance.now() };
  }

  settings(page: SettingsPage = this.settingsPage): void {
    this.screen = "settings";
    this.settingsPage = page;
  }

  forget(): void {
    for (const forget of forgetful) forget();
    this.show({ kind: "inbox" });
    this.open(undefined);
    this.picker = undefined;
    this.overlay = undefined;
    this.contactOver = false;
    this.compose = undefined;
    this.finding = false;
  }
}

export const session = new Session();
