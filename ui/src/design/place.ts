// Where a popover goes: beside its anchor, inside the window, on the other side when there is no room.

export type Side = "below" | "above";
export type Align = "start" | "end";
export type Box = { left: number; top: number; right: number; bottom: number };
export type Size = { width: number; height: number };

const GAP = 4;
const EDGE = 8;

/** The top left corner of a popover, and how tall it may be. Coordinates of the window, in CSS pixels. */
export function place(
  anchor: Box,
  size: Size,
  window: Size,
  align: Align,
  rightToLeft: boolean,
): { left: number; top: number; maxHeight: number; side: Side } {
  const roomBelow = window.height - anchor.bottom - GAP - EDGE;
  const roomAbove = anchor.top - GAP - EDGE;
  const side: Side = size.height <= roomBelow || roomBelow >= roomAbove ? "below" : "above";
  const maxHeight = Math.max(side === "below" ? roomBelow : roomAbove, 80);
  const height = Math.min(size.height, maxHeight);
  const atLeft = (align === "start") !== rightToLeft;
  const wanted = atLeft ? anchor.left : anchor.right - size.width;
  return {
    left: Math.max(EDGE, Math.min(wanted, window.width - size.width - EDGE)),
    top: side === "below" ? anchor.bottom + GAP : anchor.top - GAP - height,
    maxHeight,
    side,
  };
}
