// Answers of read commands, kept while a screen shows them. Commands and the change feed make tags
// stale; whatever is on screen under a stale tag is asked for again, at most ten times a second.
// Everything lives in memory only, and `forgetPractice` forgets it all when the practice locks.
import type { Backend, Request, Response } from "$/backend/backend";
import { Refusal } from "$/backend/backend";
import { cacheTags, type CacheTag, type CommandName } from "$/generated/desk";

/** At most one round of refreshes in this many milliseconds. */
const QUIET_MS = 100;
/** Answers kept for going back quickly, beyond those on screen. */
const KEPT = 40;

/** Narrows a stale tag to one conversation; without it the whole tag is stale. */
export type Stale = { tag: CacheTag; conversations?: readonly string[] | undefined };

/** Something on screen that keeps its own pages and wants to know when they are stale. */
export type Watcher = { tags: readonly CacheTag[]; refresh: () => void };

export class Answer<N extends CommandName> {
  data = $state.raw<Response<N>>();
  error = $state.raw<Refusal>();
  users = 0;
  fresh = false;
  #busy = false;
  readonly #backend: () => Backend;
  readonly name: N;
  readonly request: Request<N>;

  constructor(backend: () => Backend, name: N, request: Request<N>) {
    this.#backend = backend;
    this.name = name;
    this.request = request;
  }

  /** Asks, unless asking already; what became stale meanwhile is asked for once more. */
  async load(): Promise<void> {
    this.fresh = true;
    if (this.#busy) {
      this.fresh = false;
      return;
    }
    this.#busy = true;
    try {
      this.data = await this.#backend().call(this.name, this.request);
      this.error = undefined;
    } catch (thrown) {
      this.error = Refusal.from(thrown);
    }
    this.#busy = false;
    if (!this.fresh && this.users > 0) await this.load();
  }

  concerns({ tag, conversations }: Stale): boolean {
    if (!cacheTags[this.name].provides.includes(tag)) return false;
    if (tag !== "conversation" || !conversations?.length) return true;
    const request = this.request as { conversation?: string } | null;
    return !request?.conversation || conversations.includes(request.conversation);
  }
}

export class Cache {
  readonly #answers = new Map<string, Answer<CommandName>>();
  readonly #watchers = new Set<Watcher>();
  #stale: Stale[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #backend: () => Backend;

  constructor(backend: () => Backend) {
    this.#backend = backend;
  }

  /** The answer to a question, shared by everybody who asks the same. */
  answer<N extends CommandName>(name: N, request: Request<N>): Answer<N> {
    const key = `${name} ${JSON.stringify(request)}`;
    const known = this.#answers.get(key);
    if (known) {
      // Most recently used last.
      this.#answers.delete(key);
      this.#answers.set(key, known);
      return known as unknown as Answer<N>;
    }
    const made = new Answer(this.#backend, name, request);
    this.#answers.set(key, made as unknown as Answer<CommandName>);
    this.#forgetOldest();
    return made;
  }

  /** Keeps an answer fresh until the returned function is called. */
  hold(answer: Pick<Answer<CommandName>, "users" | "fresh" | "load">): () => void {
    answer.users += 1;
    if (!answer.fresh) void answer.load();
    return () => {
      answer.users -= 1;
    };
  }

  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Makes tags stale: the first round at once, the following ones together after a pause. */
  stale(...stale: Stale[]): void {
    this.#stale.push(...stale);
    if (this.#timer !== undefined) return;
    queueMicrotask(() => {
      this.#refresh();
    });
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#stale.length > 0) this.stale();
    }, QUIET_MS);
  }

  /** Forgets everything about the practice, on screen or not; whether it is open is asked elsewhere. */
  forgetPractice(): void {
    for (const answer of this.#answers.values()) {
      if (answer.name === "status") continue;
      answer.fresh = false;
      answer.data = undefined;
      answer.error = undefined;
    }
    for (const [key, answer] of this.#answers) {
      if (answer.users === 0 && answer.name !== "status") this.#answers.delete(key);
    }
  }

  #refresh(): void {
    const stale = this.#stale;
    this.#stale = [];
    for (const answer of this.#answers.values()) {
      if (!stale.some((one) => answer.concerns(one))) continue;
      answer.fresh = false;
      if (answer.users > 0) void answer.load();
    }
    for (const { tags, refresh } of this.#watchers) {
      if (stale.some(({ tag }) => tags.includes(tag))) refresh();
    }
  }

  #forgetOldest(): void {
    if (this.#answers.size <= KEPT) return;
    for (const [key, answer] of this.#answers) {
      if (answer.users > 0) continue;
      this.#answers.delete(key);
      if (this.#answers.size <= KEPT) return;
    }
  }
}
