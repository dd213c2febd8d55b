import type { Readable } from "node:stream";

import { decodeCursor, encodeCursor } from "@/lib/core/pagination";
import type { HeaderReader } from "@/lib/http/headers";
import type { Context } from "@/lib/platform/context";

import { invalid } from "../errors";
import type { Input } from "./input";

/** The request itself, for the few calls that are more than JSON. `path` is decoded, from the root of the server. */
export type Call = { method: string; path: string; headers: HeaderReader; query: URLSearchParams; body: Readable };

/** One call of MLflow's wire: where it lives and what answers it. `{name}` parts of the path arrive in the input, decoded once. */
export type Endpoint = {
  methods: readonly string[];
  /**
   * Below /api/{major}.0/ and /ajax-api/{major}.0/, such as `mlflow/runs/create`; with a leading slash, an address of its own such as
   * `/v1/traces`. A last part `{name*}` takes the rest of the path.
   */
  path: string;
  /** 2 unless said. */
  major?: 2 | 3;
  /** `json` (unless said): read whole, merged into the input. `raw`: left in `call.body`. */
  body?: "json" | "raw";
  /** Largest JSON body; 20 MB otherwise. */
  maxBodyBytes?: number;
  /** Returns what is written as JSON, or a `Reply` that is written as it is. */
  handle: (ctx: Context, input: Input, call: Call) => Promise<unknown>;
};

export const post = (path: string, handle: Endpoint["handle"]): Endpoint => ({ methods: ["POST"], path, handle });
export const get = (path: string, handle: Endpoint["handle"]): Endpoint => ({ methods: ["GET"], path, handle });
export const patch = (path: string, handle: Endpoint["handle"]): Endpoint => ({ methods: ["PATCH"], path, handle });
export const remove = (path: string, handle: Endpoint["handle"]): Endpoint => ({ methods: ["DELETE"], path, handle });
export const getOrPost = (path: string, handle: Endpoint["handle"]): Endpoint => ({ methods: ["GET", "POST"], path, handle });

export type OffsetPage = { offset: number; limit: number };

/** Reads max_results. */
export const readLimit = (input: Input, fallback: number, max: number): number => {
  const limit = input.int("max_results") ?? fallback;
  if (limit < 1) throw invalid(`Invalid value ${limit} for parameter 'max_results' supplied. It must be a positive integer`);
  if (limit > max) throw invalid(`Invalid value ${limit} for parameter 'max_results' supplied. It must be at most ${max}`);
  return limit;
};

/** Reads max_results and page_token. */
export const readPage = (input: Input, fallback: number, max: number): OffsetPage => {
  const limit = readLimit(input, fallback, max);
  const token = input.text("page_token");
  if (!token) return { offset: 0, limit };
  const [offset] = decodeCursor(token, 1);
  if (typeof offset !== "number" || !Number.isSafeInteger(offset) || offset < 0) throw invalid("Invalid page token.");
  return { offset, limit };
};

/** Cuts what was fetched with one more than `limit` into a page with the token of the next. */
export const toPage = <Row>(name: string, rows: readonly Row[], { offset, limit }: OffsetPage, toItem: (row: Row) => unknown): Record<string, unknown> => ({
  ...(rows.length > 0 ? { [name]: rows.slice(0, limit).map(toItem) } : {}),
  ...(rows.length > limit ? { next_page_token: encodeCursor([offset + limit]) } : {}),
});
