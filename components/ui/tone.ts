import type { IconName } from "./icon";

/** The six status tones of the design. */
export type Tone = "ok" | "warn" | "crit" | "info" | "wait" | "idle";

/** What a slice's `view` module maps a status to. */
export type StatusView = {
  word: string;
  tone: Tone;
  icon: IconName;
  /** Only for a live state. */
  pulse?: boolean | undefined;
  /** No fill: terminal good states and table cells. */
  bare?: boolean | undefined;
};

/** Class that sets the tone's three colours for `text-tone`, `bg-tone-bg` and `*-tone-line`. */
export const toneClass: Record<Tone, string> = {
  ok: "tone-ok",
  warn: "tone-warn",
  crit: "tone-crit",
  info: "tone-info",
  wait: "tone-wait",
  idle: "tone-idle",
};
