import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Draft } from "$/generated/desk";
import { AT_LATEST_MS, DraftState, PAUSE_MS, type Writing } from "./draft.svelte";

describe("a draft", () => {
  let saved: string[];
  let refuse: boolean;
  let draft: DraftState;

  beforeEach(() => {
    vi.useFakeTimers();
    saved = [];
    refuse = false;
    draft = new DraftState({
      save: (writing: Writing) => {
        if (refuse) return Promise.reject(new Error("disk full"));
        saved.push(`${writing.kind}: ${writing.text}`);
        return Promise.resolve();
      },
      discard: () => {
        saved.push("discarded");
        return Promise.resolve();
      },
    });
  });
  const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
  const kept = (kind: "reply" | "note", text: string): Draft => ({
    kind,
    text,
    to: null,
    subject: "",
    attachments: [],
    staff: "s",
    saved_at: 1,
  });

  test("is saved at a pause, once", async () => {
    draft.write("Dear");
    await pass(PAUSE_MS - 1);
    expect(saved).toEqual([]);
    draft.write("Dear June");
    await pass(PAUSE_MS);
    expect(saved).toEqual(["reply: Dear June"]);
    expect(draft.save).toBe("saved");
  });

  test("loses at most a second however fast someone types", async () => {
    for (let letter = 1; letter <= 50; letter += 1) {
      draft.write("x".repeat(letter));
      await pass(100);
      const last = saved.at(-1)?.length ?? 0;
      if (letter * 100 > AT_LATEST_MS)
        expect(letter + "reply: ".length - last).toBeLessThanOrEqual(AT_LATEST_MS / 100 + 1);
    }
  });

  test("is saved at once when the cursor leaves", async () => {
    draft.write("half a word");
    await draft.flush();
    expect(saved).toEqual(["reply: half a word"]);
  });

  test("a note and a reply never share a text", async () => {
    draft.write("Dear Renee");
    draft.kind = "note";
    expect(draft.text).toBe("");
    draft.write("she sounds unwell");
    await draft.flush();
    expect(saved.at(-1)).toBe("note: she sounds unwell");
    draft.kind = "reply";
    expect(draft.text).toBe("Dear Renee");
  });

  test("a text taken back to nothing throws the kept draft away", async () => {
    draft.adopt(kept("reply", "Dear"));
    draft.write("");
    await draft.flush();
    expect(saved).toEqual(["discarded"]);
    expect(draft.save).toBe("clean");
  });

  test("nothing is thrown away that was never kept", async () => {
    draft.write("x");
    draft.write("");
    await draft.flush();
    expect(saved).toEqual([]);
  });

  test("what the store kept never overwrites what is being written", () => {
    draft.write("mine");
    draft.adopt(kept("reply", "older"));
    expect(draft.text).toBe("mine");
  });

  test("what was sent does not come back from an older view of it", async () => {
    draft.write("Dear June");
    await draft.finish();
    draft.adopt({ ...kept("reply", "Dear June"), saved_at: Date.now() - 1000 });
    expect(draft.text).toBe("");
    draft.adopt({ ...kept("reply", "taken back"), saved_at: Date.now() + 1 });
    expect(draft.text).toBe("taken back");
  });

  test("a save that fails is said and tried again", async () => {
    refuse = true;
    draft.write("text");
    await draft.flush();
    expect(draft.save).toBe("failed");
    refuse = false;
    await draft.flush();
    expect(saved).toEqual(["reply: text"]);
  });

  test("nothing is saved after it was sent, and it can be put back", async () => {
    draft.write("Dear June");
    const sent = await draft.finish();
    await pass(5000);
    expect(saved).toEqual([]);
    expect(draft.empty).toBe(true);
    draft.restore(sent);
    await pass(0);
    expect(saved).toEqual(["reply: Dear June"]);
  });
});
