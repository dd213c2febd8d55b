import { randomFillSync } from "node:crypto";

/** A UUIDv7 (RFC 9562) in the three forms that a prediction needs. */
export type PredictionId = {
  bytes: Buffer;
  /** `prd_` and 32 hex digits. */
  wire: string;
  /** A number in [0, 1) from its random bits: the same for every leg of the prediction. */
  fraction: number;
};

const pool = Buffer.allocUnsafe(8192);
let offset = pool.length;

/** Makes the id of a new prediction; its time is `atMs`. */
export const newPredictionId = (atMs: number): PredictionId => {
  if (offset >= pool.length) {
    randomFillSync(pool);
    offset = 0;
  }
  const bytes = Buffer.from(pool.subarray(offset, offset + 16));
  offset += 16;
  bytes.writeUIntBE(atMs, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return { bytes, wire: `prd_${bytes.toString("hex")}`, fraction: bytes.readUInt32BE(12) / 2 ** 32 };
};
