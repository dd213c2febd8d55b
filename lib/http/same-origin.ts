import { AppError } from "@/lib/core/errors";
import type { Env } from "@/lib/platform/env";

import type { HeaderReader } from "./headers";

/**
 * Refuses a change that a browser sends with the session's cookie on behalf of another site: the browser says so itself (Fetch
 * Metadata), or its Origin is neither ours nor the host addressed.
 */
export const requireSameOrigin = (request: { headers: HeaderReader }, env: Pick<Env, "publicUrl">): void => {
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  const isOurs = (text: string): boolean => URL.canParse(text) && (text === new URL(env.publicUrl).origin || new URL(text).host === request.headers.get("host"));
  if ((site !== null && site !== "same-origin" && site !== "none") || (origin !== null && !isOurs(origin))) {
    throw new AppError("forbidden", "http.cross_site", "Changes with a session come from Slipway's own pages. From elsewhere, use an API token.");
  }
};
