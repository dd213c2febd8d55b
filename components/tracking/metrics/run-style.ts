import type { CurveMarker, LineStyle } from "@/components/patterns/curve-types";

/** A run as charts and tables show it: its colour stays with its place in the comparison. */
export type DrawnRun = { runId: string; name: string; style: LineStyle; isBaseline?: boolean | undefined };

const colors = 8;
const dashes: readonly (string | undefined)[] = [undefined, "6 3", "2 3", "8 3 2 3", "1 2", "10 4", "4 2 1 2"];
const markers: readonly CurveMarker[] = ["circle", "square", "triangle", "diamond", "cross", "square", "triangle"];

/** Colour, dashes and mark of the run in a place of the comparison: eight colours, then the same ones dashed. The baseline is dashed as such. */
export const styleOfSlot = (slot: number, isBaseline = false): LineStyle => {
  const round = Math.floor(slot / colors) % dashes.length;
  return { color: `var(--cat-${(slot % colors) + 1})`, dash: isBaseline && round === 0 ? "4 3" : dashes[round], marker: markers[round] ?? "circle" };
};
