import { type Port } from "../schema";
import { datatypeName } from "./datatypes";
import { checkCount, type Scan } from "./scan";
import { expectWire, type Field, malformed, wire, type WireReader } from "./wire";

type ValueType = Omit<Port, "name">;
type Shape = Pick<Port, "shape" | "dimensionNames">;

const noShape: Shape = { shape: null, dimensionNames: null };
const unstated: ValueType = { kind: "tensor", datatype: "UNKNOWN", ...noShape };

/** Reads a ValueInfoProto {1 name, 2 type}: one input or output of a graph. */
export const readPort = async (reader: WireReader, message: Field, scan: Scan): Promise<Port> => {
  let name = "";
  let type = unstated;
  reader.descend(message);
  while (reader.position < message.end) {
    const field = await reader.next(message.end);
    if (field.number === 1) {
      expectWire(field, wire.bytes, "name");
      name = await reader.text(field, scan.limits.maxNameBytes, "name of an input or output");
    } else if (field.number === 2) {
      expectWire(field, wire.bytes, "type");
      type = await readType(reader, field, scan, 0);
    }
  }
  return { name, ...type };
};

/** Reads a TypeProto: 1 tensor, 4 sequence, 5 map, 7 opaque, 8 sparse tensor, 9 optional. */
const readType = async (reader: WireReader, message: Field, scan: Scan, depth: number): Promise<ValueType> => {
  checkCount(depth, scan.limits.maxDepth, "types within types");
  let type = unstated;
  reader.descend(message);
  while (reader.position < message.end) {
    const field = await reader.next(message.end);
    if (field.number === 6) continue;
    if (field.number === 1 || field.number === 4 || field.number === 5 || field.number === 7 || field.number === 8 || field.number === 9) expectWire(field, wire.bytes, "type");
    if (field.number === 1 || field.number === 8) type = await readTensorType(reader, field, scan);
    else if (field.number === 4 || field.number === 9) {
      const kind = field.number === 4 ? "sequence" : "optional";
      type = { kind, datatype: `${kind}(${await readMember(reader, field, 1, scan, depth)})`, ...noShape };
    } else if (field.number === 5) type = await readMapType(reader, field, scan, depth);
    else if (field.number === 7) type = { kind: "opaque", datatype: "opaque", ...noShape };
  }
  return type;
};

/** Reads the one TypeProto inside a sequence or optional type, as text. */
const readMember = async (reader: WireReader, message: Field, number: number, scan: Scan, depth: number): Promise<string> => {
  let text = unstated.datatype;
  reader.descend(message);
  while (reader.position < message.end) {
    const field = await reader.next(message.end);
    if (field.number !== number) continue;
    expectWire(field, wire.bytes, "type");
    text = (await readType(reader, field, scan, depth + 1)).datatype;
  }
  return text;
};

/** Reads a map type {1 key_type, 2 value_type}; scikit-learn's ZipMap gives a sequence of these. */
const readMapType = async (reader: WireReader, message: Field, scan: Scan, depth: number): Promise<ValueType> => {
  let key = "UNKNOWN";
  let value = "UNKNOWN";
  reader.descend(message);
  while (reader.position < message.end) {
    const field = await reader.next(message.end);
    if (field.number === 1) {
      expectWire(field, wire.varint, "key type");
      key = elementName(field);
    } else if (field.number === 2) {
      expectWire(field, wire.bytes, "value type");
      value = (await readType(reader, field, scan, depth + 1)).datatype;
    }
  }
  return { kind: "map", datatype: `map(${key}, ${value})`, ...noShape };
};

/** Reads a tensor type {1 elem_type, 2 shape}, dense or sparse. */
const readTensorType = async (reader: WireReader, message: Field, scan: Scan): Promise<ValueType> => {
  const kind = message.number === 8 ? "sparse_tensor" : "tensor";
  let datatype = "UNKNOWN";
  let shape = noShape;
  reader.descend(message);
  while (reader.position < message.end) {
    const field = await reader.next(message.end);
    if (field.number === 1) {
      expectWire(field, wire.varint, "element type");
      datatype = elementName(field);
    } else if (field.number === 2) {
      expectWire(field, wire.bytes, "shape");
      shape = await readShape(reader, field, scan);
    }
  }
  return { kind, datatype, ...shape };
};

const elementName = (field: Field): string => {
  if (field.value === 0) return "UNKNOWN";
  const name = datatypeName(field.value);
  if (name === undefined) throw malformed(field.start, `an element type (${field.value}) that ONNX does not define`);
  return name;
};

/** Reads a TensorShapeProto {1 dim {1 dim_value, 2 dim_param}}. */
const readShape = async (reader: WireReader, message: Field, scan: Scan): Promise<Shape> => {
  const shape: (number | null)[] = [];
  const dimensionNames: (string | null)[] = [];
  reader.descend(message);
  while (reader.position < message.end) {
    const dim = await reader.next(message.end);
    if (dim.number !== 1) continue;
    expectWire(dim, wire.bytes, "dimension");
    let size: number | null = null;
    let name: string | null = null;
    reader.descend(dim);
    while (reader.position < dim.end) {
      const field = await reader.next(dim.end);
      if (field.number === 1) {
        expectWire(field, wire.varint, "dimension");
        size = field.value;
      } else if (field.number === 2) {
        expectWire(field, wire.bytes, "dimension name");
        name = (await reader.text(field, scan.limits.maxNameBytes, "dimension name")) || null;
      }
    }
    // Exporters of the past wrote -1 where the dimension is variable.
    shape.push(size !== null && size >= 0 && Number.isSafeInteger(size) ? size : null);
    dimensionNames.push(name);
    checkCount(shape.length, scan.limits.maxRank, "dimensions in one shape");
  }
  return { shape, dimensionNames };
};
