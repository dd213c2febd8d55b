import { readAttribute, readGraph, readNode } from "./graph";
import { checkCount, normalDomain, operatorKey, type Scan } from "./scan";
import { BadModel } from "./source";
import { readEntry } from "./tensor";
import { expectWire, type Field, malformed, wire, type WireReader } from "./wire";

const topFields: Readonly<Record<number, number>> = { 1: wire.varint, 2: wire.bytes, 3: wire.bytes, 4: wire.bytes, 5: wire.varint, 6: wire.bytes, 7: wire.bytes, 8: wire.bytes, 14: wire.bytes, 20: wire.bytes, 25: wire.bytes, 26: wire.bytes };

/** Reads a whole ModelProto (onnx.proto) into the scan; raises BadModel where it is not well formed. */
export const readModel = async (reader: WireReader, end: number, scan: Scan): Promise<void> => {
  let functions = 0;
  while (reader.position < end) {
    const field = await reader.next(end);
    const expected = topFields[field.number];
    if (expected === undefined) scan.unknownTopFields.add(field.number);
    else expectWire(field, expected, "member of the model");
    if (scan.unknownTopFields.size > 16) throw malformed(field.start, "fields that ONNX does not define");
    if (field.number === 1) scan.irVersion = field.value;
    else if (field.number === 5) scan.modelVersion = field.value;
    else if (field.number === 2 || field.number === 3) scan.producer[field.number === 2 ? "name" : "version"] = await reader.text(field, scan.limits.maxNameBytes, "producer");
    else if (field.number === 4) scan.domain = await reader.text(field, scan.limits.maxNameBytes, "domain");
    else if (field.number === 7) {
      // Protobuf merges repeated messages; readers that merge and readers that take the last one would see different models.
      if (scan.graph) throw malformed(field.start, "a second graph");
      scan.graph = await readGraph(reader, field, scan, 0);
    } else if (field.number === 8) await readOpset(reader, field, scan.opsets, scan);
    else if (field.number === 14) await readMetadata(reader, field, scan);
    else if (field.number === 20) await readTraining(reader, field, scan);
    else if (field.number === 25) {
      checkCount(++functions, scan.limits.maxFunctions, "functions");
      await readFunction(reader, field, scan);
    }
  }
};

/** Reads an OperatorSetIdProto {1 domain, 2 version}. */
const readOpset = async (reader: WireReader, message: Field, opsets: Map<string, number>, scan: Scan): Promise<void> => {
  let domain = "";
  let version = 0;
  reader.descend(message);
  while (reader.position < message.end) {
    const field = await reader.next(message.end);
    if (field.number === 1) {
      expectWire(field, wire.bytes, "operator set domain");
      domain = await reader.text(field, scan.limits.maxNameBytes, "operator set domain");
    } else if (field.number === 2) {
      expectWire(field, wire.varint, "operator set version");
      version = field.value;
    }
  }
  opsets.set(normalDomain(domain), version);
  checkCount(opsets.size, scan.limits.maxOpsets, "operator sets");
};

/** Keeps an entry of metadata_props while there is room; the rest is noted as cut, because free text is no reason to refuse a model. */
const readMetadata = async (reader: WireReader, message: Field, scan: Scan): Promise<void> => {
  const room = scan.limits.maxMetadataBytes - scan.metadataBytes;
  const length = message.end - message.start;
  if (scan.metadata.size >= scan.limits.maxMetadataEntries || length > room) {
    scan.metadataCut = true;
    return;
  }
  const { key, value } = await readEntry(reader, message, length, "metadata entry");
  scan.metadataBytes += length;
  // The one name that can't be a plain key of an object in every reader of the result.
  if (key !== "__proto__") scan.metadata.set(key, value);
};

/** Reads a TrainingInfoProto {1 initialization, 2 algorithm}: graphs that only training runs, scanned for what they contain. */
const readTraining = async (reader: WireReader, message: Field, scan: Scan): Promise<void> => {
  const servedParameters = scan.parameterCount;
  scan.hasTraining = true;
  reader.descend(message);
  while (reader.position < message.end) {
    const field = await reader.next(message.end);
    if (field.number !== 1 && field.number !== 2) continue;
    expectWire(field, wire.bytes, "training graph");
    await readGraph(reader, field, scan, 1);
  }
  scan.parameterCount = servedParameters;
};

/** Reads a FunctionProto {1 name, 7 node, 9 opset_import, 10 domain, 11 attribute_proto}: an operator that the file defines by others. */
const readFunction = async (reader: WireReader, message: Field, scan: Scan): Promise<void> => {
  let name = "";
  let domain = "";
  const opsets = new Map<string, number>();
  reader.descend(message);
  while (reader.position < message.end) {
    const field = await reader.next(message.end);
    if (field.number !== 1 && field.number !== 7 && field.number !== 9 && field.number !== 10 && field.number !== 11) continue;
    expectWire(field, wire.bytes, "member of a function");
    if (field.number === 1) name = await reader.text(field, scan.limits.maxNameBytes, "function name");
    else if (field.number === 7) await readNode(reader, field, scan, 1);
    else if (field.number === 9) await readOpset(reader, field, opsets, scan);
    else if (field.number === 10) domain = await reader.text(field, scan.limits.maxNameBytes, "function domain");
    else await readAttribute(reader, field, scan, 1);
  }
  if (name === "") throw new BadModel("onnx.malformed", "The file defines a function without a name: it is not a valid ONNX model. Export it again.");
  scan.functions.add(operatorKey(domain, name));
  for (const [imported, version] of opsets) if (!scan.opsets.has(imported)) scan.opsets.set(imported, version);
};
