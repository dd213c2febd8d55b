import type { Readable } from "node:stream";

import type { Delivery } from "@/lib/http/delivery";
import type { HeaderReader } from "@/lib/http/headers";
import type { Context } from "@/lib/platform/context";

import { invalid } from "../errors";
import type { Input } from "./input";

/**
 * The request itself, for the few calls that are more than JSON. `path` is decoded, from the root of the server; `fields` are those of a
 * JSON body; `address` is the client's; `follow` tells, now and later, what becomes of the answer.
 */
export type Call = { method: string; path: string; headers: HeaderReader; query: URLSearchParams; body: Readable; fields: Record<string, unknown>; address: string; follow: () => Delivery };

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
  /** Integers of the body that a double can't hold arrive as texts, for `Input.long`; otherwise they are rounded. */
  keepsLongs?: boolean;
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

/** Reads max_results. */
export const readLimit = (input: Input, fallback: number, max: number): number => {
  const limit = input.int("max_results") ?? fallback;
  if (limit < 1) throw invalid(`Invalid value ${limit} for parameter 'max_results' supplied. It must be a positive integer`);
  if (limit > max) throw invalid(`Invalid value ${limit} for parameter 'max_results' supplied. It must be at most ${max}`);
  return limit;
};

export type PageInput = { limit: number; token: string | undefined };

/** Reads max_results and page_token. */
export const readPage = (input: Input, fallback: number, max: number): PageInput => ({ limit: readLimit(input, fallback, max), token: input.text("page_token") || undefined });

/** A page with the token of the next. */
export const toPage = <Row>(name: string, { rows, nextToken }: { rows: readonly Row[]; nextToken: string | undefined }, toItem: (row: Row) => unknown): Record<string, unknown> => ({
  ...(rows.length > 0 ? { [name]: rows.map(toItem) } : {}),
  ...(nextToken === undefined ? {} : { next_page_token: nextToken }),
});
