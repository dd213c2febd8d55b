import { isObject } from "@/lib/core/json";

/** Whether one of the SQLSTATEs that an error carries, in whichever shape it comes, is of that kind. */
export const hasState = (error: unknown, kind: RegExp): boolean => {
  const isOfKind = (node: unknown, depth: number): boolean => {
    if (!isObject(node) || depth > 6) return false;
    const code = node["originalCode"] ?? node["code"];
    return (typeof code === "string" && kind.test(code)) || isOfKind(node["cause"], depth + 1) || isOfKind(node["meta"], depth + 1) || isOfKind(node["driverAdapterError"], depth + 1);
  };
  return isOfKind(error, 0);
};

/** True when Postgres refused a value itself (SQLSTATE class 22: out of range, not of its type, a NUL). */
export const isBadValue = (error: unknown): boolean => hasState(error, /^22[0-9A-Z]{3}$/);
