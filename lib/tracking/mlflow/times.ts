import { invalid } from "../errors";

const maxTimeMs = 8_640_000_000_000_000;

/** Milliseconds since 1970 that a date can show. */
export const checkTime = (milliseconds: number, name: string): number => {
  if (milliseconds < 0 || milliseconds > maxTimeMs) throw invalid(`Invalid value ${milliseconds} for parameter '${name}' supplied. It must be milliseconds since 1970.`);
  return milliseconds;
};

/** Milliseconds of a protobuf Timestamp in JSON: RFC 3339, up to nanoseconds. */
export const readTimestamp = (text: string, name: string): number => {
  const parsed = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text.replace(/(\.\d{3})\d+/, "$1")) : NaN;
  if (Number.isNaN(parsed)) throw invalid(`Invalid value ${JSON.stringify(text.slice(0, 100))} for parameter '${name}' supplied. Write a time as 2026-01-31T12:00:00.000Z.`);
  return checkTime(parsed, name);
};

/** Milliseconds of a protobuf Duration in JSON: seconds with an s. */
export const readDuration = (text: string, name: string): number => {
  const match = /^(-?\d{1,12}(?:\.\d{1,9})?)s$/.exec(text);
  if (match?.[1] === undefined) throw invalid(`Invalid value ${JSON.stringify(text.slice(0, 100))} for parameter '${name}' supplied. Write a duration as 1.5s.`);
  return Math.round(Number(match[1]) * 1_000);
};
