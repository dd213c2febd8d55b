import { AppError } from "./errors";

/** Prefixes of ids on the wire; inside the database every key is a plain UUIDv7. */
export const idPrefixes = {
  workspace: "wsp",
  user: "usr",
  session: "ses",
  invitation: "inv",
  token: "tok",
  auditEvent: "evt",
  model: "mod",
  version: "ver",
  inspection: "ins",
  manifest: "man",
  evidence: "evd",
  policy: "pol",
  request: "req",
  review: "rev",
  environment: "env",
  runtime: "run",
  endpoint: "end",
  deployment: "dep",
  rollout: "rol",
  reference: "ref",
  profile: "pro",
  prediction: "prd",
  label: "lab",
  monitor: "mon",
  incident: "inc",
  webhook: "whk",
  delivery: "whd",
  savedView: "viw",
} as const;

export type IdKind = keyof typeof idPrefixes;

/** Random bytes are drawn by the page: a call for sixteen of them costs as much as one for thousands. */
const pool = new Uint8Array(4096);
let drawn = pool.length;

const drawBytes = (count: number): Uint8Array<ArrayBuffer> => {
  if (drawn + count > pool.length) {
    crypto.getRandomValues(pool);
    drawn = 0;
  }
  const bytes = pool.slice(drawn, drawn + count);
  drawn += count;
  return bytes;
};

/** Returns a new UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits. `atMs` is for tests and for ids tied to a given time. */
export const newId = (atMs: number = Date.now()): string => {
  const bytes = drawBytes(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(atMs / 2 ** 32));
  view.setUint32(2, atMs >>> 0);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** Returns the millisecond time that a UUIDv7 carries. */
export const idTimeMs = (uuid: string): number => parseInt(uuid.replaceAll("-", "").slice(0, 12), 16);

/** Formats a UUID for the wire: prefix, underscore, 32 hex digits. */
export const formatId = (kind: IdKind, uuid: string): string => `${idPrefixes[kind]}_${uuid.replaceAll("-", "")}`;

const wirePattern = /^[a-z]{3}_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** Parses an id of the wire into a UUID, or returns undefined when it isn't one of that kind. */
export const tryParseId = (kind: IdKind, text: string): string | undefined => {
  const match = wirePattern.exec(text);
  return match && text.startsWith(`${idPrefixes[kind]}_`) ? match.slice(1).join("-") : undefined;
};

/** Parses an id of the wire into a UUID; raises not_found, because no such thing can exist under another spelling. */
export const parseId = (kind: IdKind, text: string): string => {
  const uuid = tryParseId(kind, text);
  if (!uuid) throw new AppError("not_found", `${kind}.not_found`, `There is no ${kind} "${text.slice(0, 80)}": ids look like ${idPrefixes[kind]}_ and 32 hex digits.`);
  return uuid;
};
