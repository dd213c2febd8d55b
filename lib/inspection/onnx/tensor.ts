import { datatypeName, rawBytes } from "./datatypes";
import { checkCount, type Scan } from "./scan";
import { BadModel } from "./source";
import { expectWire, type Field, malformed, wire, type WireReader } from "./wire";

/** Name and element count of a TensorProto. */
export type Tensor = { name: string; elements: number };

/** Reads a StringStringEntryProto {1 key, 2 value}. */
export const readEntry = async (reader: WireReader, message: Field, maxBytes: number, what: string): Promise<{ key: string; value: string }> => {
  const entry = { key: "", value: "" };
  reader.descend(message);
  while (reader.position < message.end) {
    const field = await reader.next(message.end);
    if (field.number === 1 || field.number === 2) {
      expectWire(field, wire.bytes, what);
      entry[field.number === 1 ? "key" : "value"] = await reader.text(field, maxBytes, what);
    }
  }
  return entry;
};

const wholeNumber = (text: string): number => (/^\d{1,15}$/.test(text) ? Number(text) : NaN);

/**
 * Reads a TensorProto {1 dims, 2 data_type, 4–7 10 11 typed data, 8 name, 9 raw_data, 13 external_data, 14 data_location}
 * without its values; checks that raw_data is as long as type and dims say, and notes external data for the caller.
 */
export const readTensor = async (reader: WireReader, message: Field, scan: Scan): Promise<Tensor> => {
  checkCount(++scan.tensors, scan.limits.maxTensors, "tensors");
  const dims: number[] = [];
  const entries: { key: string; value: string }[] = [];
  let name = "";
  let type = 0;
  let isExternal = false;
  let rawLength: number | undefined;
  reader.descend(message);
  while (reader.position < message.end) {
    const field = await reader.next(message.end);
    if (field.number === 1) {
      if (field.wire === wire.bytes) dims.push(...(await reader.packed(field, scan.limits.maxRank, "list of dimensions")));
      else {
        expectWire(field, wire.varint, "dimension");
        dims.push(field.value);
      }
      checkCount(dims.length, scan.limits.maxRank, "dimensions in one tensor");
    } else if (field.number === 2) {
      expectWire(field, wire.varint, "data type");
      type = field.value;
    } else if (field.number === 8) {
      expectWire(field, wire.bytes, "tensor name");
      name = await reader.text(field, scan.limits.maxNameBytes, "tensor name");
    } else if (field.number === 9) {
      expectWire(field, wire.bytes, "raw_data");
      rawLength = field.end - field.start;
    } else if (field.number === 13) {
      expectWire(field, wire.bytes, "external_data entry");
      checkCount(entries.push(await readEntry(reader, field, scan.limits.maxTextBytes, "external_data entry")), 16, "external_data entries in one tensor");
    } else if (field.number === 14) {
      expectWire(field, wire.varint, "data location");
      isExternal = field.value === 1;
    } else await reader.countRun(field, message.end);
  }
  const elements = countElements(dims, name, message);
  if (datatypeName(type) === undefined && (type !== 0 || elements > 0 || dims.length > 0)) throw malformed(message.start, `a tensor "${name}" of an element type (${type}) that ONNX does not define`);
  const neededBytes = rawBytes(type, elements);
  if (isExternal || entries.length > 0) noteExternal(scan, name, entries, neededBytes);
  else if (rawLength !== undefined && neededBytes !== undefined && rawLength !== neededBytes) {
    throw new BadModel("onnx.tensor_size", `The tensor "${name}" holds ${rawLength} bytes, but its type and shape [${dims.join(", ")}] need ${neededBytes}. The file is damaged; export it again.`);
  }
  return { name, elements };
};

const countElements = (dims: readonly number[], name: string, message: Field): number => {
  let elements = 1;
  for (const dim of dims) {
    if (dim < 0) throw malformed(message.start, `a tensor "${name}" with a negative dimension (${dim})`);
    elements *= dim;
  }
  if (elements > Number.MAX_SAFE_INTEGER) throw malformed(message.start, `a tensor "${name}" of an impossible size [${dims.join(", ")}]`);
  return elements;
};

const noteExternal = (scan: Scan, tensor: string, entries: readonly { key: string; value: string }[], neededBytes: number | undefined): void => {
  const numberOf = (key: string): number | null => {
    const entry = entries.findLast((candidate) => candidate.key === key);
    return entry ? wholeNumber(entry.value) : null;
  };
  const locations = entries.filter((entry) => entry.key === "location").map((entry) => entry.value);
  checkCount(scan.external.push({ tensor, locations, offset: numberOf("offset"), length: numberOf("length"), neededBytes }), scan.limits.maxExternalEntries, "external tensors");
};

/** Reads a SparseTensorProto {1 values, 2 indices}; returns the count of stored values. */
export const readSparseTensor = async (reader: WireReader, message: Field, scan: Scan): Promise<Tensor> => {
  let values: Tensor = { name: "", elements: 0 };
  reader.descend(message);
  while (reader.position < message.end) {
    const field = await reader.next(message.end);
    if (field.number === 1 || field.number === 2) {
      expectWire(field, wire.bytes, "sparse tensor");
      const tensor = await readTensor(reader, field, scan);
      if (field.number === 1) values = tensor;
    } else await reader.countRun(field, message.end);
  }
  return values;
};
