import { Readable } from "node:stream";

import { decodeCursor, encodeCursor } from "@/lib/core/pagination";

import { invalid } from "../errors";
import type { HistoryPoint } from "../store-metrics";
import { readLimit } from "./endpoint";
import type { Input } from "./input";
import { Reply } from "./reply";

const isBigint = (value: unknown): boolean => /^-?\d{1,19}$/.test(String(value)) && BigInt.asIntN(64, BigInt(String(value))) === BigInt(String(value));
const isPoint = ([ts, step, value]: readonly (string | number)[]): boolean => isBigint(ts) && isBigint(step) && /^(NaN|-?Infinity|-?\d{1,17}(\.\d{1,17})?(e[-+]?\d{1,3})?)$/.test(String(value));

const pageSize = 25_000;
export type HistoryPage = { after: HistoryPoint | undefined; limit: number };

/** Whether a client asks for pages at all: those before MLflow 3 do not, and follow no token. */
export const asksForPages = (input: Input): boolean => input.int("max_results") !== undefined || !!input.text("page_token");

/** Reads max_results and page_token, which holds the last point that the client has. */
export const readHistoryPage = (input: Input): HistoryPage => {
  const limit = readLimit(input, pageSize, 50_000);
  const token = input.text("page_token");
  if (!token) return { after: undefined, limit };
  const values = decodeCursor(token, 3);
  if (!isPoint(values)) throw invalid("Invalid page token.");
  return { after: [String(values[0]), String(values[1]), String(values[2])], limit };
};

/** Postgres's text of a double is JSON's but for three names. */
const toJsonNumber = (text: string): string => (text.endsWith("N") || text.endsWith("y") ? `"${text}"` : text);

const pointsJson = (key: string, points: readonly HistoryPoint[]): string => {
  const name = JSON.stringify(key);
  return points.map(([ts, step, value]) => `{"key":${name},"value":${toJsonNumber(value)},"timestamp":${ts},"step":${step}}`).join(",");
};
const json = { "content-type": "application/json" };

/** Writes a page of points, one more than `limit` of which say that there are more. JSON is put together from the texts of the database: a history can be long. */
export const historyReply = (key: string, points: readonly HistoryPoint[], limit: number): Reply => {
  const kept = points.length > limit ? points.slice(0, limit) : points;
  const last = kept.at(-1);
  const next = points.length > limit && last ? `,"next_page_token":${JSON.stringify(encodeCursor(last))}` : "";
  return new Reply(200, json, kept.length === 0 ? "{}" : `{"metrics":[${pointsJson(key, kept)}]${next}}`);
};

/** Writes all points, however many, in one answer that is read page by page as it leaves. `read` returns one more point than asked for when there are more. */
export const wholeHistoryReply = async (key: string, read: (page: HistoryPage) => Promise<readonly HistoryPoint[]>): Promise<Reply> => {
  const first = await read({ after: undefined, limit: pageSize });
  return first.length > pageSize ? new Reply(200, json, Readable.from(writePages(key, first, read))) : historyReply(key, first, pageSize);
};

async function* writePages(key: string, first: readonly HistoryPoint[], read: (page: HistoryPage) => Promise<readonly HistoryPoint[]>): AsyncGenerator<string> {
  yield `{"metrics":[${pointsJson(key, first.slice(0, pageSize))}`;
  for (let points = first; points.length > pageSize; ) {
    points = await read({ after: points[pageSize - 1], limit: pageSize });
    if (points.length > 0) yield `,${pointsJson(key, points.slice(0, pageSize))}`;
  }
  yield "]}";
}
