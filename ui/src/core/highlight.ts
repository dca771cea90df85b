// Parts of a text that a search met. The core marks its snippets; titles are matched here.

export type Part = { text: string; hit: boolean };

/** A snippet of the core: hits stand between U+2068 and U+2069. */
export function snippetParts(snippet: string): Part[] {
  return snippet
    .split(/\u2068([^\u2069]*)\u2069/)
    .map((text, index) => ({ text, hit: index % 2 === 1 }))
    .filter(({ text }) => text !== "");
}

const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Words of a text that begin with a search term, without regard to case and accents. */
export function termParts(text: string, terms: readonly string[]): Part[] {
  const wanted = terms.map((term) => fold(term).trim()).filter(Boolean);
  if (wanted.length === 0 || text === "") return text === "" ? [] : [{ text, hit: false }];
  const parts: Part[] = [];
  for (const piece of text.split(/([\p{L}\p{N}\p{M}]+)/u)) {
    if (piece === "") continue;
    const folded = fold(piece);
    const hit = wanted.some((term) => term.split(/\s+/).some((word) => folded.startsWith(word)));
    const last = parts.at(-1);
    if (last?.hit === hit) last.text += piece;
    else parts.push({ text: piece, hit });
  }
  return parts;
}
