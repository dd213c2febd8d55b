/** What a target asks for. `endpoint` is its key in the routing table. */
export type Target =
  | { kind: "infer" | "invocations" | "metadata" | "ready"; endpoint: string }
  | { kind: "server" | "live" | "server-ready" | "metrics" }
  | { kind: "unknown" };

const unknown: Target = { kind: "unknown" };

/** The key of an endpoint: names hold no slash. */
export const endpointKey = (workspace: string, environment: string, endpoint: string): string => `${workspace}/${environment}/${endpoint}`;

const parseV2 = (workspace: string, environment: string, rest: string[], isBare: boolean): Target => {
  const [first, name, action, more] = rest;
  if (first === undefined) return { kind: "server" };
  if (first === "health" && isBare && action === undefined) return name === "live" ? { kind: "live" } : name === "ready" ? { kind: "server-ready" } : unknown;
  if (first !== "models" || !name || more !== undefined) return unknown;
  const endpoint = endpointKey(workspace, environment, name);
  if (action === undefined) return { kind: "metadata", endpoint };
  return action === "infer" || action === "ready" ? { kind: action, endpoint } : unknown;
};

const parseIn = (workspace: string, environment: string, rest: string[], isBare: boolean): Target => {
  const [root, name, action, more] = rest;
  if (root === "v2") return parseV2(workspace, environment, rest.slice(1), isBare);
  if (root === "endpoints" && name && action === "invocations" && more === undefined) return { kind: "invocations", endpoint: endpointKey(workspace, environment, name) };
  return unknown;
};

/** Parses the target of a request; a bare `/v2/…` or `/endpoints/…` means workspace default, environment production. */
export const parseTarget = (target: string): Target => {
  const path = target.split("?", 1)[0] ?? "";
  if (!path.startsWith("/")) return unknown;
  let segments: string[];
  try {
    segments = path.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return unknown;
  }
  if (segments.length > 1 && segments.at(-1) === "") segments.pop();
  if (segments.some((segment) => segment === "" || segment.includes("/"))) return unknown;
  if (segments.length === 1 && segments[0] === "metrics") return { kind: "metrics" };
  const [first, workspace, environment] = segments;
  if (first === "w") return workspace && environment ? parseIn(workspace, environment, segments.slice(3), false) : unknown;
  return parseIn("default", "production", segments, true);
};
