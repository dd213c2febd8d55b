import type { FoundRun } from "../service-run-search";
import { runInfoEntity, runLinkEntities } from "./entities";
import { Reply } from "./reply";

const quoted = new Map<string, string>();
const maxQuoted = 20_000;

/** A key as JSON; the same few keys come again and again. */
const quote = (key: string): string => {
  const known = quoted.get(key);
  if (known !== undefined) return known;
  if (quoted.size >= maxQuoted) quoted.clear();
  const text = JSON.stringify(key);
  quoted.set(key, text);
  return text;
};

const isOdd = (value: string): boolean => value === "NaN" || value === "Infinity" || value === "-Infinity";

const member = (name: string, items: readonly string[]): string[] => (items.length === 0 ? [] : [`"${name}":[${items.join(",")}]`]);
const pairs = (items: readonly (readonly [string, string])[]): string[] => items.map(([key, value]) => `{"key":${quote(key)},"value":${JSON.stringify(value)}}`);

/** MLflow's JSON of a run, put together from texts: a page of 1,000 runs holds 50,000 small objects that nobody needs as such. */
const runJson = (run: FoundRun): string => {
  const metrics = run.metrics.map(({ key, value, timestamp, step }) => `{"key":${quote(key)},"value":${isOdd(value) ? `"${value}"` : value},"timestamp":${timestamp},"step":${step}}`);
  const data = [...member("metrics", metrics), ...member("params", pairs(run.params)), ...member("tags", pairs(run.tags))];
  const { inputs, outputs } = runLinkEntities(run);
  return `{"info":${JSON.stringify(runInfoEntity(run))},"data":{${data.join(",")}},"inputs":${JSON.stringify(inputs)},"outputs":${JSON.stringify(outputs)}}`;
};

/** The answer of runs/search. */
export const runsReply = ({ runs, nextToken }: { runs: readonly FoundRun[]; nextToken: string | undefined }): Reply =>
  new Reply(200, { "content-type": "application/json" }, `{${[...member("runs", runs.map(runJson)), ...(nextToken === undefined ? [] : [`"next_page_token":"${nextToken}"`])].join(",")}}`);
