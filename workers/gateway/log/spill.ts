import { mkdir, open, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";

import type { Batch } from "./encode";

const magic = 0x534c_4231; // "SLB1": the first form of a spilled batch
const headBytes = 20;

type Head = Omit<Batch, "calls" | "bodies">;

const encode = (batch: Batch): Buffer => {
  const { calls, bodies, ...head } = batch;
  const text = Buffer.from(JSON.stringify(head satisfies Head));
  const payload = Buffer.concat([text, calls, bodies]);
  const start = Buffer.allocUnsafe(headBytes);
  for (const [index, value] of [magic, text.length, calls.length, bodies.length, crc32(payload)].entries()) start.writeUInt32BE(value, index * 4);
  return Buffer.concat([start, payload]);
};

/** A bounded file of encoded batches that the database could not take; read back in order, safe to read twice. */
export class SpillFile {
  private handle: FileHandle | undefined;
  private readAt = 0;
  private writeAt = 0;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly file: string,
    private readonly maxBytes: number,
  ) {}

  get bytes(): number {
    return this.writeAt - this.readAt;
  }

  /** Takes up what an earlier process left. */
  adopt(): Promise<void> {
    return this.alone(async () => {
      const handle = await this.open();
      this.writeAt = (await handle.stat()).size;
    });
  }

  /** Appends a batch; false when the bound would be passed. Raises the file system's error when the disk refuses. */
  append(batch: Batch): Promise<boolean> {
    return this.alone(async () => {
      const record = encode(batch);
      if (this.writeAt + record.length > this.maxBytes) return false;
      const handle = await this.open();
      await handle.write(record, 0, record.length, this.writeAt);
      this.writeAt += record.length;
      return true;
    });
  }

  /** The oldest batch, which stays until `drop`; undefined at the end or before a torn record. */
  peek(): Promise<{ batch: Batch; size: number } | undefined> {
    return this.alone(() => this.read());
  }

  /** Forgets the oldest `size` bytes; an emptied file is removed. */
  drop(size: number): Promise<void> {
    return this.alone(async () => {
      this.readAt += size;
      if (this.readAt >= this.writeAt) await this.clear();
    });
  }

  remove(): Promise<void> {
    return this.alone(() => this.clear());
  }

  close(): Promise<void> {
    return this.alone(() => this.release());
  }

  /** Appending and reading back share the file and its bounds: one at a time. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work);
    this.last = next.catch(() => undefined);
    return next;
  }

  private async read(): Promise<{ batch: Batch; size: number } | undefined> {
    if (this.bytes < headBytes) return undefined;
    const handle = await this.open();
    const start = Buffer.alloc(headBytes);
    await handle.read(start, 0, headBytes, this.readAt);
    const [mark, textLength, callsLength, bodiesLength, checksum] = [0, 4, 8, 12, 16].map((at) => start.readUInt32BE(at)) as [number, number, number, number, number];
    const length = textLength + callsLength + bodiesLength;
    if (mark !== magic || headBytes + length > this.bytes) return undefined;
    const payload = Buffer.alloc(length);
    await handle.read(payload, 0, length, this.readAt + headBytes);
    if (crc32(payload) !== checksum) return undefined;
    const head = JSON.parse(payload.toString("utf8", 0, textLength)) as Head;
    const bodiesAt = textLength + callsLength;
    return { batch: { ...head, calls: payload.subarray(textLength, bodiesAt), bodies: payload.subarray(bodiesAt) }, size: headBytes + length };
  }

  private async clear(): Promise<void> {
    await this.release();
    this.readAt = 0;
    this.writeAt = 0;
    await rm(this.file, { force: true });
  }

  private async release(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    await handle?.close();
  }

  private async open(): Promise<FileHandle> {
    if (this.handle) return this.handle;
    await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 });
    // Created when missing, kept when there: "r+" refuses the first, "w+" destroys the second.
    const created = await open(this.file, "a", 0o600);
    await created.close();
    return (this.handle = await open(this.file, "r+"));
  }
}
