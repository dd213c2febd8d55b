import { listPairs } from "@/lib/core/json";
import { type Database, runStatement, type Statement, type Tx } from "@/lib/platform/db";

import { addRunLinks, type RunLinks } from "./store-runs";

/** What a run holds, as the JSON of lists: metrics {key, value, timestamp, step} and, in no order, params and tags {key, value}. */
export type RunTexts = RunLinks & { metrics: string; params: string; tags: string };

const maxKeyNames = 50_000;
/** Names of metrics by their numbers, as JSON. They never change, so that each process remembers them. */
const keyNames = new Map<string, string>();

const learnNames = async (tx: Tx, ids: ReadonlySet<string>): Promise<void> => {
  const found = await tx.metricKey.findMany({ where: { id: { in: [...ids].map(Number) } }, select: { id: true, key: true } });
  for (const id of ids) keyNames.set(id, '""');
  for (const { id, key } of found) keyNames.set(String(id), JSON.stringify(key));
};

const point = /(\d+),([^,]+),(-?\d+),(-?\d+)(;?)/g;

/** `7,0.5,1790000000000,3;…` as JSON; numbers of names that nobody knows yet are added to `unknown`. Postgres writes numbers as JSON does, but for NaN and ±Infinity. */
const metricsJson = (text: string, unknown: Set<string>): string =>
  `[${text.replace(point, (_, id: string, value: string, timestamp: string, step: string, end: string) => {
    const name = keyNames.get(id);
    if (name === undefined) unknown.add(id);
    return `{"key":${name ?? '""'},"value":${/[NI]/.test(value) ? `"${value}"` : value},"timestamp":${timestamp},"step":${step}}${end === "" ? "" : ","}`;
  })}]`;

const readMetrics: Statement = {
  name: "read_metrics_of_runs",
  text: "SELECT run_seq, string_agg(concat_ws(',', key_id, value, ts, step), ';') FROM metric_latest WHERE run_seq = ANY($1::bigint[]) GROUP BY run_seq",
};

const readOthers: Statement = {
  name: "read_texts_of_runs",
  text: `
    SELECT 'params', run_seq, json_object_agg(key, value)::text FROM run_param WHERE run_seq = ANY($1::bigint[]) GROUP BY run_seq
    UNION ALL SELECT 'tags', run_seq, json_object_agg(key, value)::text FROM run_tag WHERE run_seq = ANY($1::bigint[]) GROUP BY run_seq
    UNION ALL SELECT 'links', run_seq, '' FROM (
      SELECT run_seq FROM run_input WHERE run_seq = ANY($1::bigint[]) UNION SELECT run_seq FROM run_output WHERE run_seq = ANY($1::bigint[]) UNION SELECT run_seq FROM run_model_input WHERE run_seq = ANY($1::bigint[])) linked`,
};

/**
 * What many runs hold, each kind as one text a run. Nothing on the way looks at single metrics or params: a page of 1,000 runs has
 * 45,000 of them, and an object for each costs more than finding the runs does. Metrics, which are half of it, are read beside the rest.
 */
export const loadRunTexts = async (db: Database, seqs: readonly bigint[]): Promise<Map<bigint, RunTexts>> => {
  const texts = new Map<bigint, RunTexts>(seqs.map((seq) => [seq, { metrics: "[]", params: "[]", tags: "[]", inputs: [], outputs: [], modelInputs: [] }]));
  if (seqs.length === 0) return texts;
  const ids = `{${seqs.join(",")}}`;
  const [metrics, others] = await Promise.all([runStatement(db, readMetrics, [ids]), runStatement(db, readOthers, [ids])]);
  const find = (seq: string | null | undefined): RunTexts | undefined => (seq ? texts.get(BigInt(seq)) : undefined);
  const linked = new Map<bigint, RunTexts>();
  for (const [kind, seq, found] of others) {
    const of = find(seq);
    if (!of || !seq) continue;
    if (kind === "links") linked.set(BigInt(seq), of);
    else of[kind === "params" ? "params" : "tags"] = listPairs(found ?? "");
  }
  const fill = (): Set<string> => {
    const unknown = new Set<string>();
    for (const [seq, found] of metrics) {
      const of = find(seq);
      if (of) of.metrics = metricsJson(found ?? "", unknown);
    }
    return unknown;
  };
  for (let unknown = fill(); unknown.size > 0; unknown = fill()) await learnNames(db, unknown);
  if (keyNames.size > maxKeyNames) keyNames.clear();
  await addRunLinks(db, linked);
  return texts;
};
