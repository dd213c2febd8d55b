import { z } from "zod";

import type { Permission } from "@/lib/identity";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
/** Which bucket of the rate limit a call draws from; by default reads for GET and writes for the rest. */
export type RateClass = "read" | "write" | "bulk";

/** One call of the Slipway API: what it takes and gives, for the wrapper, the browser and the OpenAPI document. */
export type Operation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
> = {
  /** Verb and thing, such as `createModel`: the operationId. */
  id: string;
  method: Method;
  /** Below /api/slipway/v1, such as `/w/{workspace}/models/{model}`. */
  path: string;
  summary: string;
  /** The right that the caller needs, or any one of several; the wrapper checks it, and the service again. Undefined for calls that need none. */
  permission?: Permission | readonly Permission[];
  /** Path parameters beside `workspace`. */
  params?: Params;
  query?: Query;
  /** JSON body. Fields that it doesn't name are refused. */
  body?: Body;
  /** JSON answer; absent means 204. */
  response?: Response;
  /** Status of success: by default 200, or 204 without a response. */
  status?: number;
  rateClass?: RateClass;
  /** Largest JSON body, 1 MB by default. */
  maxBodyBytes?: number;
  /** Media types of calls that stream, instead of `body` and `response`. */
  streams?: { request?: string; response?: string };
};

/** Declares a call; the types of its handler follow from the schemas. */
export const defineOperation = <
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
  Response extends z.ZodType = z.ZodVoid,
>(operation: Operation<Params, Query, Body, Response>): Operation<Params, Query, Body, Response> => operation;

/** Query parameters of every list. Extend it: `pageQuery.extend({ q: z.string().optional() })`. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50).meta({ description: "Items a page, 1 to 500." }),
  cursor: z.string().max(2000).optional().meta({ description: "nextCursor of the page before." }),
});

/** Answer of every list. */
export const pageOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** A time on the wire: RFC 3339, UTC, milliseconds. */
export const wireTime = z.iso.datetime({ offset: true });
