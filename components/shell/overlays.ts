"use client";

import { useSyncExternalStore } from "react";

export type Overlay = "palette" | "shortcuts" | "menu" | undefined;

let open: Overlay;
const watchers = new Set<() => void>();

/** Opens one overlay of the shell, or closes what is open. */
export const openOverlay = (overlay: Overlay): void => {
  open = overlay;
  for (const watcher of watchers) watcher();
};

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

/** Which overlay of the shell is open. */
export const useOverlay = (): Overlay => useSyncExternalStore(watch, () => open, () => undefined);
