import { decodeCursor, encodeCursor } from "@/lib/core/pagination";

import { invalid } from "../errors";
import type { HistoryPoint } from "../store-metrics";
import { readLimit } from "./endpoint";
import type { Input } from "./input";
import { Reply } from "./reply";

const isBigint = (value: unknown): boolean => /^-?\d{1,19}$/.test(String(value)) && BigInt.asIntN(64, BigInt(String(value))) === BigInt(String(value));
const isPoint = ([ts, step, value]: readonly (string | number)[]): boolean => isBigint(ts) && isBigint(step) && /^(NaN|-?Infinity|-?\d{1,17}(\.\d{1,17})?(e[-+]?\d{1,3})?)$/.test(String(value));

/** Reads max_results and page_token, which holds the last point that the client has. */
export const readHistoryPage = (input: Input): { after: HistoryPoint | undefined; limit: number } => {
  const limit = readLimit(input, 25_000, 50_000);
  const token = input.text("page_token");
  if (!token) return { after: undefined, limit };
  const values = decodeCursor(token, 3);
  if (!isPoint(values)) throw invalid("Invalid page token.");
  return { after: [String(values[0]), String(values[1]), String(values[2])], limit };
};

/** Postgres's text of a double is JSON's but for three names. */
const toJsonNumber = (text: string): string => (text.endsWith("N") || text.endsWith("y") ? `"${text}"` : text);

/** Writes a page of points, one more than `limit` of which say that there are more. JSON is put together from the texts of the database: a history can be long. */
export const historyReply = (key: string, points: readonly HistoryPoint[], limit: number): Reply => {
  const name = JSON.stringify(key);
  const kept = points.length > limit ? points.slice(0, limit) : points;
  const last = kept.at(-1);
  const metrics = kept.map(([ts, step, value]) => `{"key":${name},"value":${toJsonNumber(value)},"timestamp":${ts},"step":${step}}`).join(",");
  const next = points.length > limit && last ? `,"next_page_token":${JSON.stringify(encodeCursor(last))}` : "";
  return new Reply(200, { "content-type": "application/json" }, kept.length === 0 ? "{}" : `{"metrics":[${metrics}]${next}}`);
};
