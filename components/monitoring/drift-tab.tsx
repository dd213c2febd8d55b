"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryStates } from "nuqs";
import { useMemo, useState } from "react";
import { type HeatCell, HeatMap } from "@/components/patterns/heat-map";
import { Stack } from "@/components/patterns/page-header";
import { pollWhile } from "@/components/patterns/polling";
import { EmptyState, ErrorState } from "@/components/patterns/states";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/components/ui/format";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
import { TextLink } from "@/components/ui/link";
import { type DriftView, limitWords } from "@/lib/monitoring";
import { clockOf, secondsText, spanOf, versionBreaks } from "./chart-data";
import { FeaturePanel } from "./feature-panel";
import { PinReference } from "./pin-reference";
import { fetchDrift, monitoringHref, monitoringKeys, type MonitoringRights, pollEveryMs, type Target } from "./queries";

type DriftTabProps = { target: Target; range: string; rights: MonitoringRights };

/** Heat map of feature × window in units of the limit, and one feature against the reference. */
export function DriftTab({ target, range, rights }: DriftTabProps) {
  const query = useQuery({ queryKey: monitoringKeys.tab(target, "drift", range), queryFn: ({ signal }) => fetchDrift(target, range, signal), placeholderData: keepPreviousData, ...pollWhile(true, pollEveryMs) });
  if (query.data === undefined) return query.error ? <Panel><ErrorState error={query.error} what="drift" onRetry={() => void query.refetch()} /></Panel> : <Skeleton className="h-80" />;
  const { endpoint, monitor } = query.data;
  if (!endpoint.hasReference && endpoint.version !== null) return <PinReference workspace={target.workspace} model={endpoint.model} version={endpoint.version} blocked={rights.monitor} />;
  if (monitor === null) {
    return (
      <Panel>
        <EmptyState kind="never" icon="pulse" title="No drift monitor yet" action={<TextLink href={`${monitoringHref(target.workspace, target.endpoint, target.environment)}&tab=monitors`}>Add a monitor</TextLink>}>
          Add one and the first verdict comes after 300 predictions in a window.
        </EmptyState>
      </Panel>
    );
  }
  return <Drift target={target} drift={query.data} rule={`${secondsText(monitor.windowSeconds)} windows, ${limitWords(monitor.kind, monitor.params)}`} />;
}

const toCell = (status: DriftView["windows"][number]["status"], rows: number, ratio: number | null): HeatCell => {
  if (ratio !== null) return { state: "value", value: ratio, text: `n ${rows}` };
  return status === "INSUFFICIENT" ? { state: "insufficient", text: `n ${rows}` } : { state: "none" };
};

const findingOf = (drift: DriftView): string => {
  const over = drift.features.filter((feature) => (feature.latest ?? 0) >= 1);
  const [worst] = over;
  if (drift.features.length === 0) return "No window has been judged yet";
  return worst ? `In the newest window ${over.length} of ${drift.features.length} features are at or over their limit, ${worst.name} the furthest` : `In the newest window none of ${drift.features.length} features is at its limit`;
};

/** Rows and windows that the map shows before it is asked for more. */
const [fewRows, mapWindows] = [24, 60];

/** The newest windows of a drift view, and its features by how far they went in them. */
const newestOf = (drift: DriftView): DriftView => {
  const worstOf = (cells: readonly (number | null)[]): number => Math.max(-1, ...cells.map((cell) => cell ?? -1));
  const features = drift.features.map((feature) => ({ ...feature, cells: feature.cells.slice(-mapWindows) }));
  return { ...drift, windows: drift.windows.slice(-mapWindows), features: features.sort((a, b) => worstOf(b.cells) - worstOf(a.cells)) };
};

function Drift({ target, drift: whole, rule }: { target: Target; drift: DriftView; rule: string }) {
  const [showsAll, setShowsAll] = useState(false);
  const drift = useMemo(() => newestOf(whole), [whole]);
  const [chosen, setChosen] = useQueryStates({ feature: parseAsString, window: parseAsString }, { history: "replace" });
  const feature = chosen.feature ?? drift.features[0]?.name;
  const judged = drift.windows.filter((window) => window.status !== "NO_DATA" && window.status !== "INSUFFICIENT");
  const window = chosen.window ?? judged.at(-1)?.start;
  if (drift.windows.length === 0) return <Panel><EmptyState kind="never" icon="hour" title="No window has been judged in this range">The monitor judges each window a few seconds after it closes.</EmptyState></Panel>;
  return (
    <Stack>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3.5 lg:grid-cols-[minmax(0,1.45fr)_minmax(0,1fr)]">
        <HeatMap
          title="Drift by feature"
          note={rule}
          label={findingOf(drift)}
          windows={drift.windows.map((item) => ({ key: item.start, label: clockOf(item.start, false), title: spanOf(item.start, item.end) }))}
          rows={drift.features.slice(0, showsAll ? undefined : fewRows).map((row) => ({ key: row.name, name: row.name, cells: row.cells.map((ratio, index) => toCell(drift.windows[index]?.status ?? "NO_DATA", drift.windows[index]?.rows ?? 0, ratio)) }))}
          versions={versionBreaks(drift.windows)}
          {...(feature !== undefined && window !== undefined ? { selected: { row: feature, window } } : {})}
          onSelect={(row, key) => void setChosen({ feature: row, window: key })}
          footer={
            <>
              <span>{findingOf(drift)}. {formatCount(judged.length, "window")} judged of the newest {drift.windows.length}.</span>
              {drift.features.length > fewRows && <Button size="sm" variant="ghost" onClick={() => setShowsAll(!showsAll)}>{showsAll ? `Show the first ${fewRows}` : `Show all ${drift.features.length} features`}</Button>}
            </>
          }
        />
        {feature !== undefined && window !== undefined && <FeaturePanel key={`${feature} ${window}`} target={target} feature={feature} window={window} />}
      </div>
    </Stack>
  );
}
