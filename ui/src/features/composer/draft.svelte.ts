// What someone is writing in one conversation, and its way into the store: saved at every pause, at the
// latest after a second of typing, and at once when the cursor leaves, so that a crash costs at most a
// second. A reply and a note keep texts of their own; nothing moves from one to the other.
import type { AttachmentMeta, Draft, DraftKind, Handle } from "$/generated/desk";

export const PAUSE_MS = 400;
export const AT_LATEST_MS = 1000;

export type Writing = {
  kind: DraftKind;
  to: Handle | null;
  subject: string;
  text: string;
  attachments: AttachmentMeta[];
};

/** What the draft needs from the core. */
export type Keeper = {
  save: (draft: Writing) => Promise<void>;
  discard: () => Promise<void>;
};

export type SaveState = "clean" | "dirty" | "saving" | "saved" | "failed";

export class DraftState {
  kind = $state<DraftKind>("reply");
  subject = $state("");
  to = $state.raw<Handle | null>(null);
  texts = $state<Record<DraftKind, string>>({ reply: "", note: "" });
  attachments = $state.raw<AttachmentMeta[]>([]);
  save = $state<SaveState>("clean");
  #kept = false;
  #finishedAt = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #latest: ReturnType<typeof setTimeout> | undefined;
  #last: Promise<void> = Promise.resolve();
  readonly #keeper: Keeper;

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
  }

  get text(): string {
    return this.texts[this.kind];
  }

  get empty(): boolean {
    return this.text.trim() === "" && (this.kind === "note" || this.attachments.length === 0);
  }

  /** Takes over what the store kept, unless something was written here meanwhile. */
  adopt(draft: Draft | null): void {
    if (this.save === "dirty" || this.save === "saving" || !this.empty) return;
    // A view from before it was sent or thrown away still shows it.
    if (draft && draft.saved_at <= this.#finishedAt) return;
    if (!draft) {
      this.#kept = false;
      return;
    }
    this.#kept = true;
    this.kind = draft.kind;
    this.texts[draft.kind] = draft.text;
    if (draft.kind === "reply") {
      this.subject = draft.subject;
      this.to = draft.to;
      this.attachments = draft.attachments;
    }
    this.save = "saved";
  }

  write(text: string): void {
    this.texts[this.kind] = text;
    this.touch();
  }

  attach(files: AttachmentMeta[]): void {
    this.attachments = files;
    this.touch();
    void this.flush();
  }

  /** Something changed: save at the next pause, and no later than a second from the first change. */
  touch(): void {
    this.save = "dirty";
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.flush(), PAUSE_MS);
    this.#latest ??= setTimeout(() => void this.flush(), AT_LATEST_MS);
  }

  /** Saves now what is not saved yet. Saves follow one another in order. */
  flush(): Promise<void> {
    this.#quiet();
    if (this.save !== "dirty" && this.save !== "failed") return this.#last;
    this.save = "saving";
    const writing = this.#writing();
    const empty = this.empty;
    this.#last = this.#last.then(async () => {
      try {
        if (!empty) await this.#keeper.save(writing);
        else if (this.#kept) await this.#keeper.discard();
        this.#kept = !empty;
        if (this.save === "saving") this.save = empty ? "clean" : "saved";
      } catch {
        this.save = "failed";
      }
    });
    return this.#last;
  }

  /** It was sent, saved as a note or thrown away: nothing of it is saved again. */
  async finish(): Promise<Writing> {
    this.#quiet();
    await this.#last;
    const written = this.#writing();
    this.texts[this.kind] = "";
    if (this.kind === "reply") this.attachments = [];
    this.#kept = false;
    this.#finishedAt = Date.now();
    this.save = "clean";
    return written;
  }

  /** Puts back what `finish` took. */
  restore(written: Writing): void {
    this.kind = written.kind;
    this.texts[written.kind] = written.text;
    this.subject = written.subject;
    this.attachments = written.attachments;
    this.touch();
    void this.flush();
  }

  #writing(): Writing {
    return {
      kind: this.kind,
      to: this.to,
      subject: this.subject,
      text: this.text,
      attachments: this.kind === "reply" ? this.attachments : [],
    };
  }

  #quiet(): void {
    clearTimeout(this.#pause);
    clearTimeout(this.#latest);
    this.#latest = undefined;
  }
}
