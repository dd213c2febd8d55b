"use client";

import { useCallback, useMemo, useState } from "react";

/** Selected runs in the order of their choice; with Shift everything between the last choice and this one. */
export const useSelection = (order: readonly string[]) => {
  const [selected, setSelected] = useState<readonly string[]>([]);
  const [anchor, setAnchor] = useState<string | undefined>(undefined);
  const toggle = useCallback((runId: string, isRange: boolean) => {
    const [from, to] = [anchor === undefined ? -1 : order.indexOf(anchor), order.indexOf(runId)];
    setAnchor(runId);
    setSelected((now) => {
      if (isRange && from >= 0 && to >= 0) return [...new Set([...now, ...order.slice(Math.min(from, to), Math.max(from, to) + 1)])];
      return now.includes(runId) ? now.filter((id) => id !== runId) : [...now, runId];
    });
  }, [anchor, order]);
  const clear = useCallback(() => setSelected([]), []);
  return useMemo(() => ({ selected, toggle, clear }), [selected, toggle, clear]);
};
