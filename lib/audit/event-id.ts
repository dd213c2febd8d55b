import { newId } from "@/lib/core/ids";

let lastMs = -1;
let counter = 0;

/** A UUIDv7 whose 12 bits after the version count up within a millisecond (RFC 9562, 6.2, method 1), so that events of one transaction keep their order. */
export const newEventId = (atMs: number): string => {
  counter = atMs === lastMs ? (counter + 1) & 0xfff : 0;
  lastMs = atMs;
  const id = newId(atMs);
  return `${id.slice(0, 15)}${counter.toString(16).padStart(3, "0")}${id.slice(18)}`;
};
