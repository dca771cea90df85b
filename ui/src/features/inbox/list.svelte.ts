// The pages behind the conversation list: more as it is scrolled, all of them again when they are stale,
// and who comes next. Search results and lists of a scope come through the same door.
import { Refusal } from "$/backend/backend";
import { cache, call } from "$/core/desk.svelte";
import type { ConversationRow, InboxSort, ListScope, SearchPage } from "$/generated/desk";

/** Rows per page, and the most that one refresh reads again. */
const PAGE = 100;
const REFRESH = 500;

export type Asked = { scope: ListScope; sort: InboxSort; search: string };
export type Hit = { snippet: string; message: string | null };

export class ConversationPages {
  rows = $state.raw<readonly ConversationRow[]>([]);
  /** What the rows are an answer to; the next question may be on its way. */
  answered = $state.raw<Asked>();
  /** Snippets of a search by conversation. */
  hits = $state.raw<ReadonlyMap<string, Hit>>(new Map());
  found = $state.raw<Omit<SearchPage, "hits" | "next">>();
  next = $state<string | null>(null);
  state = $state<"loading" | "ready" | "error">("loading");
  error = $state.raw<Refusal>();
  #asked: Asked | undefined;
  #turn = 0;
  #more = false;
  #refreshing = false;
  #again = false;

  /** Asks for a list; an answer to an earlier question is dropped. */
  async ask(asked: Asked): Promise<void> {
    this.#asked = asked;
    this.#turn += 1;
    this.state = "loading";
    this.#more = false;
    await this.#read(PAGE, true);
  }

  /** The next page, when the end comes near. */
  async more(): Promise<void> {
    const turn = this.#turn;
    if (this.next === null || this.#more || this.#refreshing || !this.#asked) return;
    this.#more = true;
    try {
      const page = await this.#page(this.#asked, this.next, PAGE);
      if (turn !== this.#turn) return;
      const known = new Set(this.rows.map(({ id }) => id));
      this.rows = [...this.rows, ...page.rows.filter(({ id }) => !known.has(id))];
      this.hits = new Map([...this.hits, ...page.hits]);
      this.next = page.next;
    } catch (thrown) {
      if (turn === this.#turn) this.error = Refusal.from(thrown);
    } finally {
      if (turn === this.#turn) this.#more = false;
    }
  }

  /** Reads again what is shown, because something in it changed. */
  async refresh(): Promise<void> {
    if (this.#refreshing) {
      this.#again = true;
      return;
    }
    this.#refreshing = true;
    await this.#read(Math.max(PAGE, this.rows.length), false);
    this.#refreshing = false;
    if (this.#again) {
      this.#again = false;
      await this.refresh();
    }
  }

  /** Keeps the list fresh until the returned function is called. */
  follow(): () => void {
    return cache.watch({ tags: ["lists", "search"], refresh: () => void this.refresh() });
  }

  /** The conversation after (or else before) those that leave. */
  after(leaving: readonly string[]): string | undefined {
    const gone = new Set(leaving);
    const last = this.rows.findLastIndex(({ id }) => gone.has(id));
    const later = this.rows.slice(last + 1).find(({ id }) => !gone.has(id));
    return (later ?? this.rows.slice(0, Math.max(last, 0)).findLast(({ id }) => !gone.has(id)))?.id;
  }

  async #read(wanted: number, fresh: boolean): Promise<void> {
    const turn = this.#turn;
    const asked = this.#asked;
    if (!asked) return;
    try {
      let page = await this.#page(asked, null, Math.min(wanted, REFRESH));
      // A list scrolled far down is read again in bounded pages, so that the core is never kept busy.
      while (turn === this.#turn && page.next !== null && page.rows.length < wanted) {
        const rest = await this.#page(asked, page.next, Math.min(wanted - page.rows.length, REFRESH));
        page = {
          ...rest,
          rows: [...page.rows, ...rest.rows],
          hits: new Map([...page.hits, ...rest.hits]),
        };
      }
      if (turn !== this.#turn) return;
      this.rows = page.rows;
      this.answered = asked;
      this.hits = page.hits;
      this.found = page.found;
      this.next = page.next;
      this.error = undefined;
      this.state = "ready";
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.error = Refusal.from(thrown);
      // What is on screen stays there; only a list that never came is an error page.
      if (fresh) {
        this.rows = [];
        this.next = null;
        this.state = "error";
      }
    }
  }

  async #page(asked: Asked, cursor: string | null, limit: number): Promise<Page> {
    if (!asked.search) {
      const { rows, next } = await call("list", {
        scope: asked.scope,
        sort: asked.sort,
        cursor,
        limit,
      });
      return { rows, next, hits: new Map(), found: undefined };
    }
    const page = await call("search", {
      query: asked.search,
      cursor,
      ranked: false,
      record: false,
    });
    return {
      rows: page.hits.map(({ row }) => row),
      next: page.next,
      hits: new Map(page.hits.map(({ row, snippet, message }) => [row.id, { snippet, message }])),
      found: page,
    };
  }
}

type Page = {
  rows: ConversationRow[];
  next: string | null;
  hits: Map<string, Hit>;
  found: Omit<SearchPage, "hits" | "next"> | undefined;
};
