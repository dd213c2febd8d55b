import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { isObject } from "@/lib/core/json";
import type { Operation } from "@/lib/http/operation";

export type Handler = (request: Request, context: { params: Promise<Record<string, string | string[]>> }) => Promise<Response>;
export type Answer = { status: number; code: string | undefined; detail: string | undefined; invalidParams: string[]; body: unknown };

export const routesFolder = path.resolve("app/api/slipway/v1");

/** The route file of an operation. */
export const fileOf = (operation: Operation): string => {
  const plain = path.join(routesFolder, operation.path.replaceAll(/\{(\w+)\}/g, "[$1]"), "route.ts");
  return existsSync(plain) ? plain : plain.replace(/\[(\w+)\]\/route\.ts$/, "[...$1]/route.ts");
};

/** The exported handler of an operation. */
export const handlerOf = async (operation: Operation): Promise<Handler> => {
  const module = (await import(pathToFileURL(fileOf(operation)).href)) as Record<string, Handler | undefined>;
  const handler = module[operation.method];
  if (!handler) throw new Error(`${fileOf(operation)} exports no ${operation.method}`);
  return handler;
};

/** Calls an operation through its route handler, as the server would. `params` carry `workspace`. */
export const callOperation = async (operation: Operation, { params, headers = {}, body, query = "" }: { params: Record<string, string | string[]>; headers?: Record<string, string>; body?: unknown; query?: string }): Promise<Answer> => {
  const handler = await handlerOf(operation);
  const isJson = body !== undefined && !(body instanceof Uint8Array);
  const request = new Request(`http://127.0.0.1:3000/api/slipway/v1${operation.path}${query}`, {
    method: operation.method,
    headers: { ...(isJson ? { "content-type": "application/json" } : {}), ...headers },
    ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : Buffer.from(body) }),
  });
  const response = await handler(request, { params: Promise.resolve(params) });
  const text = await response.text();
  const parsed: unknown = text !== "" && (response.headers.get("content-type") ?? "").includes("json") ? JSON.parse(text) : undefined;
  const problem = isObject(parsed) ? parsed : {};
  const invalid = Array.isArray(problem["invalidParams"]) ? problem["invalidParams"].filter(isObject).map((entry) => String(entry["name"])) : [];
  return { status: response.status, code: typeof problem["code"] === "string" ? problem["code"] : undefined, detail: typeof problem["detail"] === "string" ? problem["detail"] : undefined, invalidParams: invalid, body: parsed };
};
