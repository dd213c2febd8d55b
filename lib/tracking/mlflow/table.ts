import type { Endpoint } from "./endpoint";

/** What finds an endpoint: methods, path and version. */
type Addressed = Pick<Endpoint, "methods" | "path" | "major">;
export type Match<E> = { endpoint: E; params: Record<string, string> };
export type EndpointTable<E> = {
  find: (method: string, major: number, segments: readonly string[]) => Match<E> | undefined;
  /** Addresses outside of /api and /ajax-api, such as `/v1/traces`. */
  ownsRoot: (path: string) => boolean;
};

type Pattern<E> = { endpoint: E; parts: string[]; rest: string | undefined };

const majorOf = ({ path, major = 2 }: Addressed): number => (path.startsWith("/") ? 0 : major);
const plainOf = ({ path }: Addressed): string => path.replace(/^\//, "");

const toPattern = <E extends Addressed>(endpoint: E): Pattern<E> => {
  const parts = plainOf(endpoint).split("/");
  const rest = /^\{(\w+)\*\}$/.exec(parts.at(-1) ?? "")?.[1];
  return { endpoint, parts: rest === undefined ? parts : parts.slice(0, -1), rest };
};

const read = ({ parts, rest }: Pick<Pattern<unknown>, "parts" | "rest">, segments: readonly string[]): Record<string, string> | undefined => {
  const fits = rest === undefined ? parts.length === segments.length : parts.length < segments.length;
  if (!fits || !parts.every((part, index) => part.startsWith("{") || part === segments[index])) return undefined;
  const params = Object.fromEntries(parts.flatMap((part, index) => (part.startsWith("{") ? [[part.slice(1, -1), segments[index] ?? ""]] : [])));
  return rest === undefined ? params : { ...params, [rest]: segments.slice(parts.length).join("/") };
};

/** Finds endpoints by method, major version (0: outside of /api) and the decoded segments of a path; plain paths by one look-up. */
export const openTable = <E extends Addressed>(endpoints: readonly E[]): EndpointTable<E> => {
  const exact = new Map<string, E>();
  const patterns = new Map<string, Pattern<E>[]>();
  const roots = new Set<string>();
  for (const endpoint of endpoints) {
    if (majorOf(endpoint) === 0) roots.add(endpoint.path);
    for (const method of endpoint.methods) {
      const key = `${method} ${majorOf(endpoint)}`;
      if (endpoint.path.includes("{")) patterns.set(key, [...(patterns.get(key) ?? []), toPattern(endpoint)]);
      else exact.set(`${key} ${plainOf(endpoint)}`, endpoint);
    }
  }
  return {
    ownsRoot: (path) => roots.has(path),
    find: (method, major, segments) => {
      const endpoint = exact.get(`${method} ${major} ${segments.join("/")}`);
      if (endpoint) return { endpoint, params: {} };
      for (const pattern of patterns.get(`${method} ${major}`) ?? []) {
        const params = read(pattern, segments);
        if (params) return { endpoint: pattern.endpoint, params };
      }
      return undefined;
    },
  };
};
