import { BadModel, type ByteSource } from "./source";

/** Wire types of protobuf (encoding specification): variable-length integer, 8 bytes, length-delimited, 4 bytes. Groups are not used by ONNX. */
export const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** One field of a message: for wire type varint its value as a signed 64-bit integer (exact up to 2^53), else the range of its payload in the file. */
export type Field = { number: number; wire: number; value: number; start: number; end: number };

const maxHeaderBytes = 20;
const fatal = new TextDecoder("utf-8", { fatal: true });

/** Reads protobuf messages from a file without loading it: a payload that nobody descends into is skipped. */
export class WireReader {
  readonly source: ByteSource;
  position = 0;
  #fields = 0;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** Returns the next field of the message that ends at `end`, and moves behind it; raises BadModel when it isn't whole. */
  async next(end: number): Promise<Field> {
    return this.buffered(end) ?? this.#fetched(end);
  }

  /** The same without waiting, or undefined when the bytes have to be fetched first. */
  buffered(end: number): Field | undefined {
    const needed = Math.min(maxHeaderBytes, end - this.position);
    return this.source.view(this.position, needed) ? this.#decode(end) : undefined;
  }

  async #fetched(end: number): Promise<Field> {
    await this.source.fetch(this.position, Math.min(maxHeaderBytes, end - this.position));
    return this.#decode(end);
  }

  #decode(end: number): Field {
    if (++this.#fields > this.source.limits.maxFields) throw new BadModel("onnx.too_much_work", `The file holds more than ${this.source.limits.maxFields} fields; such a model can't be inspected.`);
    const tag = this.#varint(end);
    const number = Math.floor(tag / 8);
    const type = tag % 8;
    if (tag < 8 || number > 536_870_911) throw malformed(this.position, "a field number that protobuf does not allow");
    if (type === wire.varint) {
      const start = this.position;
      return { number, wire: type, value: this.#varint(end), start, end: this.position };
    }
    if (type !== wire.bytes && type !== wire.fixed32 && type !== wire.fixed64) throw malformed(this.position, `wire type ${type}, which ONNX does not use`);
    const length = type === wire.bytes ? this.#varint(end) : type === wire.fixed32 ? 4 : 8;
    const start = this.position;
    if (length < 0 || start + length > end) throw truncated(start, length, end);
    this.position = start + length;
    return { number, wire: type, value: 0, start, end: this.position };
  }

  #varint(end: number): number {
    let low = 0;
    let high = 0;
    for (let index = 0; index < 10; index++) {
      if (this.position >= end) throw truncated(this.position, 1, end);
      const byte = this.source.peek(this.position++);
      if (byte === undefined) throw truncated(this.position, 1, end);
      const bits = byte & 0x7f;
      if (index < 4) low |= bits << (7 * index);
      else if (index === 4) {
        low |= bits << 28;
        high |= bits >> 4;
      } else high |= index < 9 ? bits << (7 * index - 32) : bits << 31;
      if (byte < 0x80) return high < 0 ? -((~high >>> 0) * 2 ** 32 + (~low >>> 0) + 1) : high * 2 ** 32 + (low >>> 0);
    }
    throw malformed(this.position, "an integer longer than ten bytes");
  }

  /** Goes back to the payload of a field, so that it can be read as a message of its own. */
  descend(field: Field): void {
    this.position = field.start;
  }

  /**
   * Skips the further members of a list that was written one field each (tag of one byte, scalar payload), which is how
   * decision trees arrive by the million; returns how many there were.
   */
  async countRun(field: Field, end: number): Promise<number> {
    if (field.number > 15 || field.wire === wire.bytes) return 0;
    const tag = field.number * 8 + field.wire;
    let count = 0;
    while (this.position < end) {
      if (!this.source.view(this.position, Math.min(maxHeaderBytes, end - this.position))) await this.source.fetch(this.position, maxHeaderBytes);
      if (this.source.peek(this.position) !== tag) return count;
      this.position++;
      if (field.wire === wire.varint) this.#varint(end);
      else this.position += field.wire === wire.fixed32 ? 4 : 8;
      if (this.position > end) throw truncated(end, 1, end);
      count++;
    }
    return count;
  }

  /** Reads a text; raises BadModel when it is longer than `maxBytes` or not UTF-8. */
  async text(field: Field, maxBytes: number, what: string): Promise<string> {
    const length = field.end - field.start;
    if (length > maxBytes) throw new BadModel("onnx.name_too_long", `The ${what} is ${length} bytes long; at most ${maxBytes} are allowed.`);
    if (length === 0) return "";
    const bytes = this.source.view(field.start, length) ?? (await this.source.bytes(field.start, length));
    try {
      return fatal.decode(bytes);
    } catch {
      // The decoder's own error says only that the bytes are not UTF-8.
      throw malformed(field.start, `a ${what} that is not UTF-8 text`);
    }
  }

  /** Reads the integers of a packed list; raises BadModel beyond `maxItems`. */
  async packed(field: Field, maxItems: number, what: string): Promise<number[]> {
    if (field.end - field.start > maxItems * 10) throw new BadModel("onnx.too_large", `The ${what} has more than ${maxItems} members.`);
    if (!this.source.view(field.start, field.end - field.start)) await this.source.fetch(field.start, field.end - field.start);
    this.position = field.start;
    const items: number[] = [];
    while (this.position < field.end) {
      items.push(this.#varint(field.end));
      if (items.length > maxItems) throw new BadModel("onnx.too_large", `The ${what} has more than ${maxItems} members.`);
    }
    return items;
  }
}

const truncated = (position: number, length: number, end: number): BadModel =>
  new BadModel("onnx.truncated", `At byte ${position} a field claims ${length} bytes, but its message ends at ${end}: the file is cut off or damaged. Export and upload it again.`);

export const malformed = (position: number, what: string): BadModel => new BadModel("onnx.malformed", `At byte ${position} the file holds ${what}: it is not an ONNX model, or it is damaged. Export and upload it again.`);

/** Raises BadModel unless a known field has the wire type that ONNX gives it. */
export const expectWire = (field: Field, type: number, what: string): void => {
  if (field.wire !== type) throw malformed(field.start, `a ${what} of wire type ${field.wire} instead of ${type}`);
};
