"use client";

import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo } from "react";
import type { RunKeys } from "@/lib/tracking";
import { formatColumns } from "./columns";
import { readRunsState } from "./runs-state";

const parsers = {
  q: parseAsString,
  sort: parseAsString,
  cols: parseAsString,
  status: parseAsString,
  stage: parseAsStringLiteral(["deleted"]),
  view: parseAsStringLiteral(["flat", "nested"]),
  differ: parseAsBoolean,
};

/** The state of the runs table; all of it is the URL. */
export const useRunsUrl = (keys: RunKeys) => {
  const [state, setState] = useQueryStates(parsers, { history: "replace" });
  const view = useMemo(() => readRunsState(state, keys), [state, keys]);
  return useMemo(() => ({
    state,
    ...view,
    setFilter: (text: string) => void setState({ q: text === "" ? null : text }),
    setStatus: (status: string | undefined) => void setState({ status: status ?? null }),
    setStage: (stage: "active" | "deleted") => void setState({ stage: stage === "deleted" ? "deleted" : null }),
    setNested: (isNested: boolean) => void setState({ view: isNested ? "nested" : "flat" }),
    setDiffer: (isOn: boolean) => void setState({ differ: isOn ? true : null }),
    setColumns: (columns: readonly { id: string }[] | undefined) => void setState({ cols: columns === undefined ? null : formatColumns(columns) }),
    /** Highest first, then lowest first, then the usual order again. */
    cycleSort: (by: string) => void setState({ sort: state.sort === `-${by}` ? by : state.sort === by ? null : `-${by}` }),
    clear: () => void setState({ q: null, status: null, stage: null }),
  }), [state, view, setState]);
};

export type RunsUrl = ReturnType<typeof useRunsUrl>;
