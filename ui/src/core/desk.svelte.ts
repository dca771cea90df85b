// The desk as the screens see it: ask, change, and hear what changed. Every change made here makes the
// command's tags stale; every event of the change feed likewise.
import type { Backend, Request, Response } from "$/backend/backend";
import { Refusal } from "$/backend/backend";
import { cacheTags, type CommandName, type Event } from "$/generated/desk";
import { Cache, type Stale } from "./cache.svelte";

let backend: Backend | undefined;

function connected(): Backend {
  if (!backend) throw new Error("connect() comes first");
  return backend;
}

export const cache = new Cache(connected);

/** Progress of long work by name: `import`, `backup`, `restore`. */
export const work = $state<Record<string, { done: number; total: number }>>({});

const arrivals = new Set<(conversations: readonly string[]) => void>();

/** Hears of new inbound messages. */
export function onArrival(listener: (conversations: readonly string[]) => void): () => void {
  arrivals.add(listener);
  return () => arrivals.delete(listener);
}

/** Names the backend, once, before anything is shown. */
export function connect(to: Backend): void {
  backend = to;
  to.subscribe((event) => {
    if (event.kind === "work") work[event.what] = event.progress;
    if (event.kind === "arrived") for (const hear of arrivals) hear(event.ids);
    cache.stale(...staleBy(event));
  });
}

/** What an event of the change feed makes stale. */
export function staleBy(event: Event): Stale[] {
  switch (event.kind) {
    case "conversations":
    case "arrived":
      return [
        { tag: "lists" },
        { tag: "counts" },
        { tag: "search" },
        { tag: "contact" },
        { tag: "conversation", conversations: event.ids },
      ];
    case "contacts":
      return [{ tag: "contact" }, { tag: "lists" }, { tag: "conversation" }];
    case "vocabulary":
      return [{ tag: "vocabulary" }, { tag: "settings" }, { tag: "counts" }];
    case "account":
      return [{ tag: "accounts" }];
    case "practice":
      return [
        { tag: "status" },
        { tag: "vocabulary" },
        { tag: "settings" },
        { tag: "counts" },
        { tag: "lists" },
        { tag: "accounts" },
      ];
    case "work":
      return [];
  }
}

/** Runs a command. Whatever it makes stale is asked for again. */
export async function call<N extends CommandName>(name: N, request: Request<N>): Promise<Response<N>> {
  try {
    const response = await connected().call(name, request);
    cache.stale(...cacheTags[name].stales.map((tag) => ({ tag })));
    return response;
  } catch (thrown) {
    throw Refusal.from(thrown);
  }
}

/** A live answer inside a component; `request` returns null while there is nothing to ask. */
export function useQuery<N extends CommandName>(
  name: N,
  request: () => Request<N> | undefined,
): {
  readonly data: Response<N> | undefined;
  readonly error: Refusal | undefined;
  retry: () => void;
} {
  const answer = $derived.by(() => {
    const asked = request();
    return asked === undefined ? undefined : cache.answer(name, asked);
  });
  $effect(() => (answer ? cache.hold(answer) : undefined));
  return {
    get data() {
      return answer?.data;
    },
    get error() {
      return answer?.error;
    },
    retry: () => void answer?.load(),
  };
}
