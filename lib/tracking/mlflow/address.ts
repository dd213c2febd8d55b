import { AppError } from "@/lib/core/errors";

/** An address on MLflow's door: the major version (0: outside of /api), and what follows it, still percent-encoded. */
export type Address = { path: string; major: number; rest: string; query: string };

const apiPattern = /^\/(?:ajax-)?api\/([23])\.0\/(mlflow(?:-artifacts)?(?:\/.*)?)$/;

/** Reads the target of a request; undefined when it is not an address below MLflow's prefixes or one that `ownsRoot` claims. */
export const readAddress = (target: string, ownsRoot: (path: string) => boolean): Address | undefined => {
  const local = target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?#]*/i, "");
  const end = local.search(/[?#]/);
  const path = end === -1 ? local : local.slice(0, end);
  const query = local[end] === "?" ? (local.slice(end + 1).split("#", 1)[0] ?? "") : "";
  const [, major, rest] = apiPattern.exec(path) ?? [];
  if (major !== undefined && rest !== undefined) return { path, major: Number(major), rest, query };
  const plain = path.length > 1 ? path.replace(/\/+$/, "") : path;
  return ownsRoot(plain) ? { path, major: 0, rest: plain.slice(1), query } : undefined;
};

/** The parts of a path, each decoded exactly once; trailing slashes don't count. */
export const segmentsOf = (rest: string): string[] => {
  const trimmed = rest.endsWith("/") ? rest.replace(/\/+$/, "") : rest;
  if (!trimmed.includes("%")) return trimmed.split("/");
  try {
    return trimmed.split("/").map(decodeURIComponent);
  } catch (cause) {
    throw new AppError("invalid", "mlflow.bad_path", "The address holds a percent sign that encodes nothing.", { cause });
  }
};

/** Parameters of an address as fields of the input; a name that repeats gives a list. */
export const queryObject = (query: URLSearchParams): Record<string, unknown> => {
  const fields: Record<string, unknown> = {};
  for (const key of new Set(query.keys())) {
    const values = query.getAll(key);
    fields[key] = values.length === 1 ? values[0] : values;
  }
  return fields;
};
