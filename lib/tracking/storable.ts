import { isObject } from "@/lib/core/json";

/** The text without what Postgres can't hold: NUL and halves of surrogate pairs become U+FFFD. */
export const toStorable = (text: string): string => text.replace(/\p{Surrogate}/gu, "\u{FFFD}").replaceAll("\0", "\u{FFFD}");

/** JSON with every text in it made storable. */
export const toStorableJson = (value: unknown): unknown => {
  if (typeof value === "string") return toStorable(value);
  if (Array.isArray(value)) return value.map(toStorableJson);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [toStorable(key), toStorableJson(item)]));
  return value;
};
