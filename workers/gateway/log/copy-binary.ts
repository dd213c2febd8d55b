/** Microseconds between 1970 and 2000, where Postgres starts to count. */
const postgresEpochMs = 946_684_800_000;

/** Header of a COPY in binary form (PostgreSQL documentation, COPY, "Binary Format"): signature, flags, no extension. */
export const copyHeader = Buffer.from([0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00, 0, 0, 0, 0, 0, 0, 0, 0]);
export const copyTrailer = Buffer.from([0xff, 0xff]);

/** Writes tuples of a binary COPY into one growing buffer. */
export class TupleWriter {
  private buffer: Buffer;
  private end = 0;

  constructor(initialBytes = 65_536) {
    this.buffer = Buffer.allocUnsafe(initialBytes);
  }

  get length(): number {
    return this.end;
  }

  /** Starts a tuple of `fields` fields. */
  tuple(fields: number): void {
    this.reserve(2);
    this.end = this.buffer.writeInt16BE(fields, this.end);
  }

  bytes(value: Buffer | null): void {
    this.reserve(4 + (value?.length ?? 0));
    this.end = this.buffer.writeInt32BE(value?.length ?? -1, this.end);
    if (value) this.end += value.copy(this.buffer, this.end);
  }

  text(value: string | null): void {
    this.bytes(value === null ? null : Buffer.from(value));
  }

  int(value: number | null): void {
    this.reserve(8);
    this.end = this.buffer.writeInt32BE(value === null ? -1 : 4, this.end);
    if (value !== null) this.end = this.buffer.writeInt32BE(value, this.end);
  }

  long(value: bigint): void {
    this.reserve(12);
    this.end = this.buffer.writeInt32BE(8, this.end);
    this.end = this.buffer.writeBigInt64BE(value, this.end);
  }

  flag(value: boolean): void {
    this.reserve(5);
    this.end = this.buffer.writeInt32BE(1, this.end);
    this.end = this.buffer.writeUInt8(value ? 1 : 0, this.end);
  }

  /** A timestamptz of whole milliseconds. */
  time(atMs: number): void {
    this.long(BigInt(Math.trunc(atMs) - postgresEpochMs) * 1000n);
  }

  take(): Buffer {
    return this.buffer.subarray(0, this.end);
  }

  private reserve(size: number): void {
    if (this.end + size <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.end + size));
    this.buffer.copy(grown, 0, 0, this.end);
    this.buffer = grown;
  }
}

/** Cuts encoded tuples apart. */
export const splitTuples = (tuples: Buffer): Buffer[] => {
  const cut: Buffer[] = [];
  for (let start = 0, at = 0; start < tuples.length; start = at) {
    const fields = tuples.readInt16BE(start);
    at = start + 2;
    for (let field = 0; field < fields; field += 1) at += 4 + Math.max(0, tuples.readInt32BE(at));
    cut.push(tuples.subarray(start, at));
  }
  return cut;
};

/** The first `fields` fields of a tuple, as bytes that can be compared. */
export const tupleKey = (tuple: Buffer, fields: number): string => {
  let at = 2;
  for (let field = 0; field < fields; field += 1) at += 4 + Math.max(0, tuple.readInt32BE(at));
  return tuple.toString("latin1", 2, at);
};
