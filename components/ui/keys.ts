const storageKey = "slipway.letter-keys";

/** True when the reader typed into a control, held a modifier, or switched letter keys off (WCAG 2.1.4). */
export const lettersOff = (event: KeyboardEvent): boolean => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return true;
  const target = event.target instanceof HTMLElement ? event.target : undefined;
  if (target?.closest("input, textarea, select, [contenteditable=true], [role=dialog], [role=menu]")) return true;
  return !letterKeysOn();
};

/** Whether single-letter shortcuts are on in this browser; on unless switched off. */
export const letterKeysOn = (): boolean => {
  try {
    return localStorage.getItem(storageKey) !== "off";
  } catch {
    // Storage may be forbidden; the default holds.
    return true;
  }
};

export const setLetterKeys = (on: boolean): void => localStorage.setItem(storageKey, on ? "on" : "off");
