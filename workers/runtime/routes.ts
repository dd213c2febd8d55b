import { AppError } from "@/lib/core/errors";

import { isModelName } from "./load-config";
import { servedVersion } from "./infer-response";

export type ServerRoute = { kind: "server" | "live" | "serverReady" | "index" };
export type ModelRoute = { kind: "metadata" | "modelReady" | "load" | "unload"; model: string };
/** What a request asks for, by method and path (Open Inference Protocol v2, REST, with the repository extension). */
export type Route = ServerRoute | ModelRoute | { kind: "metrics" } | { kind: "infer"; model: string };

const fixed: Readonly<Record<string, { method: string; route: Route }>> = {
  "/v2": { method: "GET", route: { kind: "server" } },
  "/v2/": { method: "GET", route: { kind: "server" } },
  "/v2/health/live": { method: "GET", route: { kind: "live" } },
  "/v2/health/ready": { method: "GET", route: { kind: "serverReady" } },
  "/v2/repository/index": { method: "POST", route: { kind: "index" } },
  "/metrics": { method: "GET", route: { kind: "metrics" } },
};

const modelPattern = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(ready|infer))?$/;
const repositoryPattern = /^\/v2\/repository\/models\/([^/]+)\/(load|unload)$/;

/** Finds the route of a request; raises not_found for unknown paths, models and versions, invalid for a wrong method or a name that can't be loaded. */
export const findRoute = (method: string, path: string): Route => {
  const entry = Object.hasOwn(fixed, path) ? fixed[path] : undefined;
  if (entry) {
    checkMethod(method, entry.method, path);
    return entry.route;
  }
  const repository = repositoryPattern.exec(path);
  if (repository?.[1] !== undefined) {
    checkMethod(method, "POST", path);
    if (!isModelName(repository[1])) throw new AppError("invalid", "runtime.bad_name", "A model is named by its version id: ver_ and 32 hex digits.");
    return { kind: repository[2] === "load" ? "load" : "unload", model: repository[1] };
  }
  const match = modelPattern.exec(path);
  if (match?.[1] === undefined) throw new AppError("not_found", "runtime.no_route", `There is nothing at ${path.slice(0, 120)}.`);
  const [, model, version, verb] = match;
  checkMethod(method, verb === "infer" ? "POST" : "GET", path);
  if (version !== undefined && version !== servedVersion) throw new AppError("not_found", "runtime.version_not_found", `Model ${model.slice(0, 80)} has no version "${version.slice(0, 40)}"; the only one is ${servedVersion}.`);
  return { kind: verb === "infer" ? "infer" : verb === "ready" ? "modelReady" : "metadata", model };
};

const checkMethod = (method: string, expected: string, path: string): void => {
  if (method === expected || (method === "HEAD" && expected === "GET")) return;
  throw new AppError("invalid", "runtime.method", `${path.slice(0, 120)} takes ${expected}, not ${method.slice(0, 20)}.`, { details: { allow: expected } });
};
