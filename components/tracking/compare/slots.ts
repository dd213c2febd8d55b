import { maxComparedRuns } from "@/lib/tracking";

/** Places of the compared runs. A place that is left stays empty, so that every other run keeps its colour. */
export type Slots = readonly (string | undefined)[];

/** Reads `a,b,,c` of the URL; a run stands once. */
export const parseSlots = (text: string): Slots => {
  const seen = new Set<string>();
  const slots = text.split(",").map((id) => {
    if (!/^[0-9a-f]{32}$/.test(id) || seen.has(id) || seen.size >= maxComparedRuns) return undefined;
    seen.add(id);
    return id;
  });
  return slots.slice(0, slots.findLastIndex((id) => id !== undefined) + 1);
};

export const formatSlots = (slots: Slots): string => slots.slice(0, slots.findLastIndex((id) => id !== undefined) + 1).map((id) => id ?? "").join(",");
export const runsIn = (slots: Slots): string[] => slots.filter((id) => id !== undefined);

/** Takes a run in at the first empty place, or out of its own. */
export const toggleRun = (slots: Slots, runId: string): Slots => {
  const own = slots.indexOf(runId);
  if (own !== -1) return slots.with(own, undefined);
  const free = slots.indexOf(undefined);
  return free === -1 ? [...slots, runId] : slots.with(free, runId);
};
