import { formatBytes, formatCount, formatPercent } from "@/components/ui/format";
import { dayMs, hourMs, minuteMs } from "@/lib/core/durations";
import type { StorageView } from "@/lib/storage";

/** A span of time in whole units: "30 days", "24 hours". */
export const spanWords = (ms: number): string => {
  const units = [[dayMs, "day"], [hourMs, "hour"], [minuteMs, "minute"], [1_000, "second"]] as const;
  const [size, unit] = units.find(([unitMs]) => ms >= unitMs && ms % unitMs === 0) ?? [1_000, "second"];
  return formatCount(Math.round(ms / size), unit);
};

/** The finding of the page. */
export const storageFinding = ({ usedBytes, limitBytes, files }: StorageView): string => {
  if (files === 0) return "Nothing is stored yet";
  const used = `${formatBytes(usedBytes)} in ${formatCount(files, "file")}`;
  return limitBytes === null ? used : `${used}, ${formatPercent(usedBytes / limitBytes, 0)} of what this workspace may store`;
};

/** What is stored, by what refers to it. */
export const kindRows = ({ byKind }: StorageView): { label: string; hint: string; files: number; bytes: number }[] => [
  { label: "Artifacts", hint: "files of runs, logged models and traces", ...byKind.artifacts },
  { label: "Versions", hint: "frozen files of registered versions", ...byKind.versions },
  { label: "Both", hint: "in artifacts and in versions, stored once", ...byKind.shared },
  { label: "Waiting for their digest", hint: "uploaded directly into the object store", ...byKind.pending },
  { label: "Unused", hint: "nothing refers to them, or not yet", ...byKind.unused },
];

export type DeletedRow = { label: string; waiting: number; due: number; held: number; nextPurgeAt: string | null };

/** What was deleted, and what becomes of it. */
export const deletedRows = ({ deleted }: StorageView): DeletedRow[] => [
  { label: "Runs", ...deleted.runs },
  { label: "Experiments", ...deleted.experiments },
  { label: "Logged models", ...deleted.loggedModels },
  { label: "Versions", ...deleted.versions },
];
