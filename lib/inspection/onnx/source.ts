import { AppError } from "@/lib/core/errors";
import { type Limits } from "../limits";
import { type RangedFile } from "../schema";

/** The file is not what it says it is; `code` and message become a finding. */
export class BadModel extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "BadModel";
    this.code = code;
  }
}

/** After a jump over weights little is wanted; a reader that goes straight on wants ever more. */
const minWindowBytes = 4 * 1024;
const maxWindowBytes = 256 * 1024;

/** A window over a file that moves forward with the reader; bytes that are skipped are never fetched. */
export class ByteSource {
  readonly size: number;
  readonly limits: Limits;
  #file: RangedFile;
  #window: Uint8Array = new Uint8Array(0);
  #start = 0;
  #readBytes = 0;

  constructor(file: RangedFile, size: number, limits: Limits) {
    this.#file = file;
    this.size = size;
    this.limits = limits;
  }

  /** The byte at `position` when the window holds it, else undefined. */
  peek(position: number): number | undefined {
    return this.#window[position - this.#start];
  }

  /** The bytes of a range when the window holds all of them, else undefined. The view is valid until the next fetch. */
  view(position: number, length: number): Uint8Array | undefined {
    const from = position - this.#start;
    return from >= 0 && from + length <= this.#window.length ? this.#window.subarray(from, from + length) : undefined;
  }

  /** Moves the window so that it starts at `position` and holds at least `length` bytes, as far as the file goes. */
  async fetch(position: number, length: number): Promise<void> {
    const goesOn = position <= this.#start + this.#window.length;
    const ahead = goesOn ? Math.min(maxWindowBytes, Math.max(minWindowBytes, this.#window.length * 2)) : minWindowBytes;
    const wanted = Math.min(Math.max(length, ahead), this.size - position);
    if (wanted <= 0) return;
    this.#readBytes += wanted;
    if (this.#readBytes > this.limits.maxReadBytes) throw new BadModel("onnx.too_much_work", `Describing this file would take reading more than ${this.limits.maxReadBytes} bytes besides weights; such a model can't be inspected.`);
    const bytes = await this.#file.read(position, wanted);
    if (bytes.length !== wanted) throw new AppError("internal", "inspection.short_read", `A read of ${wanted} bytes at ${position} returned ${bytes.length}: the file changed while it was inspected.`);
    this.#window = bytes;
    this.#start = position;
  }

  async bytes(position: number, length: number): Promise<Uint8Array> {
    if (!this.view(position, length)) await this.fetch(position, length);
    return this.view(position, length)?.slice() ?? new Uint8Array(0);
  }
}
