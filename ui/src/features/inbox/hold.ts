// Rows come and go above; the row that someone looks at stays where it is.
import type { Window } from "./window";

/** Where the eye is: how far the list is scrolled, how much of it is seen, and the mouse within, if it is. */
export type Eye = { scrolled: number; height: number; pointer: number | undefined };

/**
 * How far the changed list must be scrolled so that the row under the mouse, or else the first row seen,
 * keeps its place; nothing when it may move: at the very top with the mouse elsewhere, where new rows
 * are meant to be seen coming in.
 */
export function heldScroll<T extends { id: string }>(
  before: Window<T>,
  after: Window<T>,
  eye: Eye,
): number | undefined {
  const { scrolled, height, pointer } = eye;
  if (pointer === undefined && scrolled < 4) return undefined;
  const tops = new Map(after.rows().map(({ row, top }) => [row.id, top]));
  const seen = before
    .between(scrolled, scrolled + height, 0)
    .flatMap(({ entry, top }) => (entry.kind === "row" && tops.has(entry.row.id) ? [{ id: entry.row.id, top }] : []));
  const from = scrolled + (pointer ?? 0);
  // The row under the mouse is the last one that begins above it.
  const held = seen.findLast(({ top }) => top <= from) ?? seen[0];
  if (!held) return undefined;
  return scrolled + (tops.get(held.id) ?? held.top) - held.top;
}
