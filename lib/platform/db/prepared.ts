import { hasState } from "./bad-value";

/** Poolers that hand every transaction another connection don't know what was prepared: 26000 it isn't there, 42P05 it is there already. */
const unprepared = /^(26000|42P05)$/;
let mayPrepare = true;

export const isPreparing = (): boolean => mayPrepare;

/**
 * True when a pooler refused to run what was prepared, which it does before anything ran: from then on this process sends whole texts,
 * and the caller may try again.
 */
export const stopPreparing = (error: unknown): boolean => {
  if (!mayPrepare || !hasState(error, unprepared)) return false;
  mayPrepare = false;
  return true;
};

const mark = /^\s*\/\* prepared as (\w+) \*\//;

/** The name under which a raw query of the client is prepared: the one that a comment at its start gives, or none. */
export const preparedName = (sql: string): string => (mayPrepare ? (mark.exec(sql)?.[1] ?? "") : "");
