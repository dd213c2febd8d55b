"use client";

import { useEffect, useRef, useSyncExternalStore } from "react";
import { lettersOff } from "./keys";

export type Shortcut = { keys: string; description: string; group: string };
type Entry = Shortcut & { run: (event: KeyboardEvent) => void };

const entries = new Set<Entry>();
const watchers = new Set<() => void>();
let snapshot: readonly Shortcut[] = [];
let prefix = "";
let prefixTimer: ReturnType<typeof setTimeout> | undefined;

const publish = () => {
  snapshot = [...entries];
  for (const watcher of watchers) watcher();
};

const onKeyDown = (event: KeyboardEvent) => {
  if (event.key === "Shift" || lettersOff(event)) return;
  const typed = prefix === "" ? event.key : `${prefix} ${event.key}`;
  prefix = "";
  clearTimeout(prefixTimer);
  // The latest registration wins: a dialog or panel over the page shadows the page's own key.
  const hit = [...entries].reverse().find((entry) => entry.keys === typed);
  if (hit) {
    event.preventDefault();
    hit.run(event);
  } else if ([...entries].some((entry) => entry.keys.startsWith(`${typed} `))) {
    prefix = typed;
    prefixTimer = setTimeout(() => (prefix = ""), 1200);
  }
};

/** Binds a key ("d") or a sequence ("g r") while the component is mounted, and lists it in the shortcuts sheet. Off in inputs and dialogs. */
export const useShortcut = (keys: string | undefined, run: (event: KeyboardEvent) => void, description: string, group = "This page"): void => {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (keys === undefined) return;
    const entry: Entry = { keys, description, group, run: (event) => latest.current(event) };
    if (entries.size === 0) window.addEventListener("keydown", onKeyDown);
    entries.add(entry);
    publish();
    return () => {
      entries.delete(entry);
      if (entries.size === 0) window.removeEventListener("keydown", onKeyDown);
      publish();
    };
  }, [keys, description, group]);
};

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};
const none: readonly Shortcut[] = [];

/** All shortcuts that work now. */
export const useShortcutList = (): readonly Shortcut[] => useSyncExternalStore(watch, () => snapshot, () => none);
