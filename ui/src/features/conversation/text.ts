// A message's text as screens show it: pieces to read and pieces to fold away.
import type { Fold, FoldKind } from "$/generated/desk";

export type Piece = { text: string; fold?: FoldKind; flagged?: Span[] };

/** A stretch of a piece, in UTF-16 units. */
export type Span = { start: number; end: number };

/** Cuts a text at its folds, whose offsets count UTF-8 bytes. Anything that does not fit is shown. */
export function pieces(text: string, folds: readonly Fold[]): Piece[] {
  if (folds.length === 0) return text === "" ? [] : [{ text }];
  const bounds = [...folds].sort((a, b) => a.start - b.start);
  const at = offsets(
    text,
    bounds.flatMap(({ start, end }) => [start, end]),
  );
  const out: Piece[] = [];
  let done = 0;
  for (const { kind, start, end } of bounds) {
    const from = at.get(start);
    const to = at.get(end);
    if (from === undefined || to === undefined || from < done || to <= from) continue;
    if (from > done) out.push({ text: text.slice(done, from) });
    out.push({ text: text.slice(from, to), fold: kind });
    done = to;
  }
  if (done < text.length) out.push({ text: text.slice(done) });
  return out.filter((piece) => piece.fold !== undefined || piece.text.trim() !== "");
}

/** The same pieces, with the stretches of the whole text (in bytes) that lie in each of them marked. */
export function flag(text: string, parts: readonly Piece[], spans: readonly Span[]): Piece[] {
  const at = offsets(
    text,
    spans.flatMap(({ start, end }) => [start, end]),
  );
  const marked = spans
    .map(({ start, end }) => ({ start: at.get(start) ?? -1, end: at.get(end) ?? -1 }))
    .filter(({ start, end }) => start >= 0 && end > start)
    .sort((a, b) => a.start - b.start);
  let from = 0;
  return parts.map((piece) => {
    const begin = text.indexOf(piece.text, from);
    from = begin + piece.text.length;
    const flagged: Span[] = [];
    for (const { start, end } of marked) {
      const span = { start: Math.max(start, begin) - begin, end: Math.min(end, from) - begin };
      const last = flagged.at(-1);
      if (span.end <= span.start) continue;
      if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
      else flagged.push(span);
    }
    return flagged.length > 0 ? { ...piece, flagged } : piece;
  });
}

/** Where byte offsets lie among UTF-16 units; offsets inside a character have no place. */
function offsets(text: string, wanted: readonly number[]): Map<number, number> {
  const left = [...new Set(wanted)].sort((a, b) => a - b);
  const found = new Map<number, number>();
  let bytes = 0;
  let units = 0;
  for (const sign of text) {
    while (left[0] !== undefined && left[0] <= bytes) {
      if (left[0] === bytes) found.set(bytes, units);
      left.shift();
    }
    const code = sign.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    units += sign.length;
  }
  if (left.includes(bytes)) found.set(bytes, units);
  return found;
}
