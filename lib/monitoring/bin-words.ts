import { type FeatureSpec, labelBins } from "@/lib/stats";

const short = (value: number): string => String(Number(value.toPrecision(4))).replace("-", "−");

/** What each compared bin of a feature is called on screens, in the order of its counts. */
export const binTexts = (spec: FeatureSpec): { label: string; isPoint: boolean }[] =>
  labelBins(spec).map((bin) => {
    if ("category" in bin) return { label: bin.category === "" ? "(empty)" : bin.category, isPoint: false };
    if ("rest" in bin) return { label: bin.rest === "other" ? "Other" : "New", isPoint: false };
    if (bin.point !== null) return { label: short(bin.point), isPoint: true };
    if (bin.from === null && bin.to === null) return { label: "all values", isPoint: false };
    if (bin.from === null) return { label: `< ${short(bin.to ?? 0)}`, isPoint: false };
    return { label: bin.to === null ? `≥ ${short(bin.from)}` : `${short(bin.from)} – ${short(bin.to)}`, isPoint: false };
  });
