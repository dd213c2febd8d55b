"use client";

import { useEffect, useRef } from "react";
import { formatColumns, parseColumns } from "./columns";
import type { RunsUrl } from "./use-runs-url";

/** Opens an experiment with the columns that its reader chose last, unless the URL names others; the URL stays the only state. */
export const useRememberedColumns = (workspace: string, number: number, { state, setColumns }: RunsUrl) => {
  const key = `slipway.run-columns.${workspace}.${number}`;
  const isRead = useRef(false);
  useEffect(() => {
    if (isRead.current) return;
    isRead.current = true;
    if (state.cols !== null) return;
    const columns = parseColumns(read(key));
    if (columns.length > 0) setColumns(columns);
  }, [key, state.cols, setColumns]);
  return (columns: Parameters<RunsUrl["setColumns"]>[0]) => {
    write(key, columns === undefined ? undefined : formatColumns(columns));
    setColumns(columns);
  };
};

const read = (key: string): string | undefined => {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    // Storage may be forbidden; the usual columns hold.
    return undefined;
  }
};

const write = (key: string, text: string | undefined): void => {
  try {
    if (text === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // Storage may be forbidden or full; the URL still holds the columns.
  }
};
