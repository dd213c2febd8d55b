import { newId } from "@/lib/core/ids";

import type { HeaderReader } from "./headers";

/** The id of a request: the caller's own where it sends a sane one, so that logs on both sides meet. */
export const requestIdOf = (headers: HeaderReader): string => {
  const given = headers.get("x-request-id") ?? "";
  return /^[A-Za-z0-9_.-]{8,64}$/.test(given) ? given : newId();
};
