import { isObject } from "@/lib/core/json";

import { hasState } from "./bad-value";

const prismaCodes = new Set(["P1000", "P1001", "P1002", "P1003", "P1008", "P1017", "P2024"]);
const nodeCodes = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EPIPE"]);
/** Classes of SQLSTATE that mean the server is away or full: connection, too many connections, shutting down or starting. */
const stateCodes = new Set(["08000", "08001", "08003", "08006", "53300", "57P01", "57P02", "57P03"]);

/** True when `error` (or a cause of it) says that Postgres can't be reached or takes no more connections. */
export const isDatabaseUnavailable = (error: unknown): boolean => {
  const isOfPrisma = error instanceof Error && /^(Prisma|DriverAdapter|DatabaseUnreachable)/.test(error.name);
  for (let current = error, depth = 0; isObject(current) && depth < 8; current = current["cause"], depth += 1) {
    const code = current["code"] ?? current["originalCode"];
    if (typeof code === "string" && (prismaCodes.has(code) || stateCodes.has(code) || (isOfPrisma && nodeCodes.has(code)))) return true;
    if (current instanceof Error && /Can't reach database server|timeout exceeded when trying to connect|Connection terminated|connection error and is not queryable/.test(current.message)) return true;
  }
  return false;
};

/** True when Postgres gave up a statement, or the client a transaction, because it took longer than it may. */
export const isDatabaseTooSlow = (error: unknown): boolean => hasState(error, /^(57014|P2028)$/);
