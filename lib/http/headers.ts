import type { IncomingHttpHeaders } from "node:http";

/** Header fields of a request, whichever server took it: those of fetch, or of Node by `headersOf`. Names in lower case. */
export type HeaderReader = { get: (name: string) => string | null };

/** Reads Node's header fields; those that may repeat are joined as the fetch standard does. */
export const headersOf = (fields: IncomingHttpHeaders): HeaderReader => ({
  get: (name) => {
    const value = fields[name];
    if (value === undefined) return null;
    return typeof value === "string" ? value : value.join(", ");
  },
});
