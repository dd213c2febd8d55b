import { type Tx } from "@/lib/platform/db";

import { addRunLinks, type RunLinks } from "./store-runs";

/** What a run holds, as the JSON of lists: metrics {key, value, timestamp, step} and, in no order, params and tags {key, value}. */
export type RunTexts = RunLinks & { metrics: string; params: string; tags: string };

type Found = { kind: "metrics" | "params" | "tags" | "links"; seq: bigint; found: string };

const keyNames = new Map<number, string>();
const maxKeyNames = 50_000;

/** Names of metrics by their numbers, as JSON. They never change, so that each process remembers them. */
const learnNames = async (tx: Tx, ids: ReadonlySet<number>): Promise<void> => {
  if (keyNames.size + ids.size > maxKeyNames) keyNames.clear();
  const missing = [...ids].filter((id) => !keyNames.has(id));
  if (missing.length > 0) for (const { id, key } of await tx.metricKey.findMany({ where: { id: { in: missing } }, select: { id: true, key: true } })) keyNames.set(id, JSON.stringify(key));
};

const point = /(\d+),([^,]+),(-?\d+),(-?\d+)(;?)/g;
const pair = /("(?:[^"\\]|\\.)*") : ("(?:[^"\\]|\\.)*")/g;

/** `7,0.5,1790000000000,3;…` as JSON. Postgres writes numbers as JSON does, but for NaN and ±Infinity. */
const metricsJson = (text: string): string =>
  `[${text.replace(point, (_, id: string, value: string, timestamp: string, step: string, end: string) => `{"key":${keyNames.get(Number(id)) ?? '""'},"value":${/[NI]/.test(value) ? `"${value}"` : value},"timestamp":${timestamp},"step":${step}}${end === "" ? "" : ","}`)}]`;

/** `{ "depth" : "3", … }` as a list of keys and values. */
const pairsJson = (text: string): string => `[${text.slice(1, -1).replace(pair, '{"key":$1,"value":$2}').trim()}]`;

/**
 * What many runs hold, each kind as one text a run. Nothing on the way looks at single metrics or params: a page of 1,000 runs has
 * 45,000 of them, and an object for each costs more than finding the runs does.
 */
export const loadRunTexts = async (tx: Tx, seqs: readonly bigint[]): Promise<Map<bigint, RunTexts>> => {
  const texts = new Map<bigint, RunTexts>(seqs.map((seq) => [seq, { metrics: "[]", params: "[]", tags: "[]", inputs: [], outputs: [], modelInputs: [] }]));
  if (seqs.length === 0) return texts;
  const ids = [...seqs];
  const rows = await tx.$queryRaw<Found[]>`
    SELECT 'metrics' AS kind, run_seq AS seq, string_agg(concat_ws(',', key_id, value, ts, step), ';') AS found FROM metric_latest WHERE run_seq = ANY(${ids}::bigint[]) GROUP BY run_seq
    UNION ALL SELECT 'params', run_seq, json_object_agg(key, value)::text FROM run_param WHERE run_seq = ANY(${ids}::bigint[]) GROUP BY run_seq
    UNION ALL SELECT 'tags', run_seq, json_object_agg(key, value)::text FROM run_tag WHERE run_seq = ANY(${ids}::bigint[]) GROUP BY run_seq
    UNION ALL SELECT 'links', run_seq, '' FROM (
      SELECT run_seq FROM run_input WHERE run_seq = ANY(${ids}::bigint[]) UNION SELECT run_seq FROM run_output WHERE run_seq = ANY(${ids}::bigint[]) UNION SELECT run_seq FROM run_model_input WHERE run_seq = ANY(${ids}::bigint[])) linked`;
  const keyIds = new Set<number>();
  for (const { kind, found } of rows) if (kind === "metrics") for (const [, id] of found.matchAll(/(?:^|;)(\d+),/g)) keyIds.add(Number(id));
  await learnNames(tx, keyIds);
  const linked = new Map<bigint, RunTexts>();
  for (const { kind, seq, found } of rows) {
    const of = texts.get(seq);
    if (!of) continue;
    if (kind === "links") linked.set(seq, of);
    else of[kind] = kind === "metrics" ? metricsJson(found) : pairsJson(found);
  }
  await addRunLinks(tx, linked);
  return texts;
};
