"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsInteger, parseAsString, useQueryStates } from "nuqs";
import { useId, useMemo } from "react";
import { LineSwatch } from "@/components/patterns/curve-marks";
import { Stack } from "@/components/patterns/page-header";
import { EmptyState, ErrorState } from "@/components/patterns/states";
import { Panel } from "@/components/ui/panel";
import { Select } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import type { DrawnRun } from "../metrics/run-style";
import { fileHref } from "../queries";
import { imageAt, imageSets } from "./images";
import { compareKeys, fetchImages } from "./queries";

export type ImagesProps = { workspace: string; number: number; runs: readonly DrawnRun[]; live: boolean };

/** Images of the same name over runs, side by side; those logged by step with a slider. */
export function ImagesTab({ workspace, number, runs, live }: ImagesProps) {
  const [slider, chooser] = [useId(), useId()];
  const ids = runs.map(({ runId }) => runId).join(",");
  const [{ image, step: wanted }, setUrl] = useQueryStates({ image: parseAsString, step: parseAsInteger }, { history: "replace" });
  const query = useQuery({ queryKey: compareKeys.images(workspace, number, ids), queryFn: ({ signal }) => fetchImages(workspace, number, ids, signal), enabled: ids !== "", refetchInterval: live ? 15_000 : false });
  const sets = useMemo(() => imageSets(query.data?.items ?? []), [query.data]);
  if (query.data === undefined) return query.error ? <Panel><ErrorState error={query.error} what="images" onRetry={() => void query.refetch()} /></Panel> : <div aria-busy><Skeleton className="h-72" /></div>;
  const chosen = sets.find(({ key }) => key === image) ?? sets[0];
  if (!chosen) {
    return <Panel><EmptyState kind="never" icon="eye" title="These runs hold no image" code={{ code: 'mlflow.log_image(image, key="val/samples", step=step)\nmlflow.log_figure(figure, "roc.png")', label: "Log an image" }} /></Panel>;
  }
  const { steps } = chosen;
  const at = steps.length === 0 ? undefined : (steps.findLast((step) => step <= (wanted ?? Infinity)) ?? steps[0]);
  return (
    <Stack>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="flex min-w-0 items-center gap-2 text-sm text-fg-2"><label htmlFor={chooser}>Image</label><Select id={chooser} value={chosen.key} options={sets.map(({ key, runs: count }) => ({ value: key, label: `${key} (${count} of ${runs.length})` }))} onChange={(event) => void setUrl({ image: event.target.value, step: null })} className="w-72 max-w-full" /></span>
        {steps.length > 1 && (
          <span className="flex items-center gap-2 text-sm text-fg-2">
            <label htmlFor={slider}>Step</label>
            <input id={slider} type="range" min={0} max={steps.length - 1} step={1} value={steps.indexOf(at ?? 0)} aria-valuetext={`step ${at}`} onChange={(event) => void setUrl({ step: steps[Number(event.target.value)] ?? null })} className="h-6 w-48 cursor-pointer accent-(--accent) max-sm:h-9" />
            <output htmlFor={slider}>{at} of {steps.at(-1)}</output>
          </span>
        )}
        {query.data.isCut && <span className="text-sm text-fg-3">Of runs with more than 2 000 images the first ones by name.</span>}
      </div>
      <ul aria-label={`${chosen.key} by run`} className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,240px),1fr))] gap-3">
        {runs.map(({ runId, name, style }) => {
          const found = imageAt(chosen, runId, at);
          return (
            <li key={runId} className="min-w-0">
              <Panel className="overflow-hidden">
                <p className="flex h-9 items-center gap-2 px-3 text-sm font-medium"><LineSwatch style={style} /><span className="truncate" title={name}>{name}</span>{found?.step !== undefined && found.step !== null && <span className="ml-auto font-normal whitespace-nowrap text-fg-3">step {found.step}</span>}</p>
                {found ? (
                  <a href={fileHref(workspace, { kind: "run", id: runId }, found.path)} className="grid min-h-40 place-items-center bg-surface-2">
                    {/* An artifact of the run: its size is not known and it must not pass an optimiser. */}
                    <img src={fileHref(workspace, { kind: "run", id: runId }, found.path)} alt={`${chosen.key} of ${name}${found.step === null ? "" : ` at step ${found.step}`}`} loading="lazy" decoding="async" className="max-h-80 max-w-full object-contain" />
                  </a>
                ) : <p className="hatch grid h-40 place-items-center text-sm text-fg-3"><span className="rounded bg-surface px-1.5">no such image</span></p>}
              </Panel>
            </li>
          );
        })}
      </ul>
    </Stack>
  );
}
