// Which rows of a long list are on screen. Row heights are known (headings, rows), so there is nothing to
// measure and arithmetic is exact: a row that someone looks at can be kept in its place to the pixel when
// others come and go above it.

export type Entry<T> = { kind: "row"; row: T; index: number } | { kind: "heading"; id: string };
export type Heights = { row: number; heading: number };

export class Window<T> {
  readonly #entries: readonly Entry<T>[];
  readonly #tops: Float64Array;
  readonly height: number;

  constructor(entries: readonly Entry<T>[], heights: Heights) {
    this.#entries = entries;
    this.#tops = new Float64Array(entries.length);
    let top = 0;
    entries.forEach(({ kind }, index) => {
      this.#tops[index] = top;
      top += heights[kind];
    });
    this.height = top;
  }

  get length(): number {
    return this.#entries.length;
  }

  top(index: number): number {
    return this.#tops[index] ?? this.height;
  }

  /** The entry at a height, by halving. */
  at(height: number): number {
    let low = 0;
    let high = this.#entries.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.top(middle) <= height) low = middle;
      else high = middle - 1;
    }
    return Math.max(low, 0);
  }

  /** The entries between two heights, with some to spare on both sides. */
  between(from: number, to: number, spare: number): { index: number; top: number; entry: Entry<T> }[] {
    const first = this.at(Math.max(0, from - spare));
    const shown: { index: number; top: number; entry: Entry<T> }[] = [];
    for (let index = first; index < this.#entries.length; index += 1) {
      const top = this.top(index);
      if (top > to + spare) break;
      const entry = this.#entries[index];
      if (entry) shown.push({ index, top, entry });
    }
    return shown;
  }

  /** Every row with the height at which it begins. */
  rows(): { row: T; top: number }[] {
    return this.#entries.flatMap((entry, index) =>
      entry.kind === "row" ? [{ row: entry.row, top: this.top(index) }] : [],
    );
  }

  /** Where a row begins. */
  topOf(row: (row: T) => boolean): number | undefined {
    const index = this.#entries.findIndex((entry) => entry.kind === "row" && row(entry.row));
    return index < 0 ? undefined : this.top(index);
  }
}

/** Rows with a heading before each new group. */
export function grouped<T>(rows: readonly T[], groupOf: ((row: T) => string) | undefined): Entry<T>[] {
  const entries: Entry<T>[] = [];
  let group: string | undefined;
  rows.forEach((row, index) => {
    const next = groupOf?.(row);
    if (next !== undefined && next !== group) entries.push({ kind: "heading", id: next });
    group = next;
    entries.push({ kind: "row", row, index });
  });
  return entries;
}
