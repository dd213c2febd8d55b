import { isObject } from "@/lib/core/json";

/** True when Postgres refused a value itself (SQLSTATE class 22: out of range, not of its type, a NUL), in whichever shape the error comes. */
export const isBadValue = (error: unknown): boolean => {
  const isRefusal = (node: unknown, depth: number): boolean => {
    if (!isObject(node) || depth > 6) return false;
    const code = node["originalCode"] ?? node["code"];
    return (typeof code === "string" && /^22[0-9A-Z]{3}$/.test(code)) || isRefusal(node["cause"], depth + 1) || isRefusal(node["meta"], depth + 1) || isRefusal(node["driverAdapterError"], depth + 1);
  };
  return isRefusal(error, 0);
};
