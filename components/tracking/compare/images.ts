import type { RunImages } from "@/lib/tracking";

type Image = RunImages["items"][number];
/** Images of one name over runs; `steps` of all runs, none when they were not logged by step. */
export type ImageSet = { key: string; runs: number; steps: number[]; images: Image[] };

/** Images by name, those that most runs hold first. */
export const imageSets = (images: readonly Image[]): ImageSet[] => {
  const groups = new Map<string, Image[]>();
  for (const image of images) groups.set(image.key, [...(groups.get(image.key) ?? []), image]);
  return [...groups]
    .map(([key, own]) => ({ key, runs: new Set(own.map(({ runId }) => runId)).size, steps: [...new Set(own.flatMap(({ step }) => (step === null ? [] : [step])))].sort((a, b) => a - b), images: own }))
    .sort((a, b) => b.runs - a.runs || a.key.localeCompare(b.key, "en", { numeric: true }));
};

/** The newest image of a run at a step or before it. */
export const imageAt = ({ images }: ImageSet, runId: string, step: number | undefined): Image | undefined =>
  images
    .filter((image) => image.runId === runId && (step === undefined || image.step === null || image.step <= step))
    .sort((a, b) => (b.step ?? 0) - (a.step ?? 0) || (b.at ?? "").localeCompare(a.at ?? ""))[0];
