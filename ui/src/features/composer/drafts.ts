// What is being written, by conversation, for as long as the practice is open: going away and coming back
// finds reply and note as they were, without asking the store.
import { onForget } from "$/core/session.svelte";
import { DraftState, type Keeper } from "./draft.svelte";

/** Enough for a day; the store has the texts of those that go. */
const KEPT = 100;
const drafts = new Map<string, DraftState>();

onForget(() => {
  drafts.clear();
});

export function draftOf(conversation: string, keeper: Keeper): DraftState {
  const known = drafts.get(conversation);
  const draft = known ?? new DraftState(keeper);
  // Most recently used last.
  drafts.delete(conversation);
  drafts.set(conversation, draft);
  for (const [id, old] of drafts) {
    if (drafts.size <= KEPT) break;
    if (id !== conversation && old.save !== "dirty" && old.save !== "saving") drafts.delete(id);
  }
  return draft;
}
