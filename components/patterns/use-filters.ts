"use client";

import { parseAsString, useQueryStates } from "nuqs";
import { useMemo } from "react";

export type Filters<Key extends string> = {
  /** Undefined where nothing is chosen; several values of a facet are joined by a comma. */
  values: Record<Key, string | undefined>;
  set: (key: Key, value: string | undefined) => void;
  clear: () => void;
  /** Keys that hold a value. */
  active: readonly Key[];
};

/** Filters whose state is the URL (`?q=…&status=…`). */
export const useFilters = <const Key extends string>(keys: readonly Key[]): Filters<Key> => {
  const joined = keys.join(" ");
  const parsers = useMemo(() => Object.fromEntries(joined.split(" ").map((key) => [key, parseAsString])), [joined]);
  const [state, setState] = useQueryStates(parsers, { history: "replace" });
  return useMemo(() => {
    const names = joined.split(" ") as Key[];
    return {
      values: Object.fromEntries(names.map((key) => [key, state[key] ?? undefined])) as Record<Key, string | undefined>,
      set: (key, value) => void setState({ [key]: value === undefined || value === "" ? null : value }),
      clear: () => void setState(null),
      active: names.filter((key) => (state[key] ?? "") !== ""),
    };
  }, [joined, state, setState]);
};
