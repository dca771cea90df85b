import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Backend } from "$/backend/backend";
import { Cache } from "./cache.svelte";

type Call = { name: string; request: unknown; answer: (value: unknown) => void };

describe("the cache", () => {
  let calls: Call[];
  let cache: Cache;

  beforeEach(() => {
    vi.useFakeTimers();
    calls = [];
    const backend = {
      call: (name: string, request: unknown) => new Promise((answer) => calls.push({ name, request, answer })),
      subscribe: () => () => undefined,
    } as unknown as Backend;
    cache = new Cache(() => backend);
  });

  const names = (): string[] => calls.map(({ name }) => name);
  const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

  test("the same question is asked once, however many show its answer", async () => {
    const first = cache.answer("counts", null);
    cache.hold(first);
    cache.hold(cache.answer("counts", null));
    expect(names()).toEqual(["counts"]);
    calls[0]?.answer({ inbox: 3 });
    await settle();
    expect(cache.answer("counts", null).data).toEqual({ inbox: 3 });
  });

  test("a stale tag asks again for what is on screen and for nothing else", async () => {
    cache.hold(cache.answer("counts", null));
    cache.hold(cache.answer("vocabulary", null));
    const left = cache.hold(cache.answer("settings", null));
    left();
    await settle();
    calls.forEach(({ answer }) => answer({}));
    await settle();
    calls.length = 0;
    cache.stale({ tag: "counts" }, { tag: "settings" });
    await settle();
    expect(names()).toEqual(["counts"]);
  });

  test("a changed conversation leaves the others alone", async () => {
    for (const conversation of ["a", "b"]) cache.hold(cache.answer("conversation", { conversation }));
    await settle();
    calls.forEach(({ answer }) => answer({}));
    await settle();
    calls.length = 0;
    cache.stale({ tag: "conversation", conversations: ["b"] });
    await settle();
    expect(calls.map(({ request }) => request)).toEqual([{ conversation: "b" }]);
  });

  test("a burst of changes asks at most ten times a second", async () => {
    cache.hold(cache.answer("counts", null));
    calls[0]?.answer({});
    await settle();
    calls.length = 0;
    for (let burst = 0; burst < 1000; burst += 1) {
      cache.stale({ tag: "counts" });
      await vi.advanceTimersByTimeAsync(1);
      calls.at(-1)?.answer({});
    }
    expect(calls.length).toBeGreaterThanOrEqual(9);
    expect(calls.length).toBeLessThanOrEqual(11);
  });

  test("what becomes stale while it is being asked for is asked for once more", async () => {
    cache.hold(cache.answer("counts", null));
    cache.stale({ tag: "counts" });
    await settle();
    expect(calls.length).toBe(1);
    calls[0]?.answer({ inbox: 1 });
    await settle();
    expect(calls.length).toBe(2);
  });

  test("locking leaves no answer behind, also on screen", async () => {
    const answer = cache.answer("counts", null);
    cache.hold(answer);
    calls[0]?.answer({ inbox: 1 });
    await settle();
    cache.forgetPractice();
    expect(answer.data).toBeUndefined();
  });
});
