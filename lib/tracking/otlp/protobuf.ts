import { invalid } from "../errors";

/** One field of a protobuf message: numbers as they are on the wire, everything else as its bytes. */
export type Field = { number: number; value: bigint | Uint8Array };

const broken = (why: string) => invalid(`Invalid OpenTelemetry format: ${why}.`);

const readVarint = (bytes: Uint8Array, from: number): { value: bigint; next: number } => {
  let value = 0n;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[from + index];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), next: from + index + 1 };
  }
  throw broken("a number is cut off or too long");
};

const readFixed = (bytes: Uint8Array, from: number, size: 4 | 8): { value: bigint; next: number } => {
  if (from + size > bytes.length) throw broken("a number is cut off");
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, size);
  return { value: size === 8 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true)), next: from + size };
};

/**
 * The fields of a protobuf message in the order of the wire, repeated ones repeatedly; groups (deprecated, unused by OTLP) are
 * refused. Raises invalid for bytes that are no message.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export function* readFields(bytes: Uint8Array): Generator<Field> {
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    const number = Number(tag.value >> 3n);
    at = tag.next;
    switch (Number(tag.value & 7n)) {
      case 0: {
        const { value, next } = readVarint(bytes, at);
        at = next;
        yield { number, value };
        break;
      }
      case 1:
      case 5: {
        const { value, next } = readFixed(bytes, at, Number(tag.value & 7n) === 1 ? 8 : 4);
        at = next;
        yield { number, value };
        break;
      }
      case 2: {
        const { value: length, next } = readVarint(bytes, at);
        if (length > BigInt(bytes.length - next)) throw broken("a part is cut off");
        at = next + Number(length);
        yield { number, value: bytes.subarray(next, at) };
        break;
      }
      default:
        throw broken("a field has a type that does not exist");
    }
  }
}

/** The bytes of a field that must hold some. */
export const bytesOf = ({ value }: Field): Uint8Array => {
  if (typeof value === "bigint") throw broken("a number stands where a text or a message belongs");
  return value;
};

export const numberOf = ({ value }: Field): bigint => {
  if (typeof value !== "bigint") throw broken("a text stands where a number belongs");
  return value;
};

const decoder = new TextDecoder("utf-8");
export const textOf = (field: Field): string => decoder.decode(bytesOf(field));

/** The double whose bits a fixed64 field holds. */
export const doubleOf = (field: Field): number => {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, numberOf(field));
  return view.getFloat64(0);
};
