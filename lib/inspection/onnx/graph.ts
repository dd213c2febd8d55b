import { type Port } from "../schema";
import { checkCount, type Graph, operatorKey, type Scan } from "./scan";
import { readSparseTensor, readTensor } from "./tensor";
import { readPort } from "./types";
import { expectWire, type Field, wire, type WireReader } from "./wire";

/**
 * Reads a GraphProto {1 node, 2 name, 5 initializer, 11 input, 12 output, 15 sparse_initializer}. Inputs that an
 * initializer of the same name fills are weights, not inputs, and are left out.
 */
export const readGraph = async (reader: WireReader, message: Field, scan: Scan, depth: number): Promise<Graph> => {
  checkCount(depth, scan.limits.maxDepth, "graphs within graphs");
  const inputs: Port[] = [];
  const outputs: Port[] = [];
  const initializers = new Set<string>();
  let name = "";
  reader.descend(message);
  while (reader.position < message.end) {
    const field = await reader.next(message.end);
    if (field.number === 1 || field.number === 2 || field.number === 5 || field.number === 11 || field.number === 12 || field.number === 15) expectWire(field, wire.bytes, "member of the graph");
    if (field.number === 1) await readNode(reader, field, scan, depth);
    else if (field.number === 2) name = await reader.text(field, scan.limits.maxNameBytes, "name of a graph");
    else if (field.number === 5) {
      const tensor = await readTensor(reader, field, scan);
      initializers.add(tensor.name);
      scan.parameterCount += tensor.elements;
    } else if (field.number === 15) {
      const tensor = await readSparseTensor(reader, field, scan);
      initializers.add(tensor.name);
      scan.parameterCount += tensor.elements;
    } else if (field.number === 11 || field.number === 12) {
      const ports = field.number === 11 ? inputs : outputs;
      // Old exporters list every initializer among the inputs too, so the bound on tensors is the fitting one here.
      checkCount(ports.push(await readPort(reader, field, scan)), field.number === 11 ? scan.limits.maxTensors : scan.limits.maxPorts, "inputs or outputs");
    }
  }
  const free = inputs.filter((input) => !initializers.has(input.name));
  checkCount(free.length, scan.limits.maxPorts, "inputs");
  return { name, inputs: free, outputs };
};

/** Reads a NodeProto {4 op_type, 5 attribute, 7 domain} and counts its operator. */
export const readNode = async (reader: WireReader, message: Field, scan: Scan, depth: number): Promise<void> => {
  checkCount(++scan.nodes, scan.limits.maxNodes, "nodes");
  let type = "";
  let domain = "";
  reader.descend(message);
  while (reader.position < message.end) {
    const field = await reader.next(message.end);
    if (field.number !== 4 && field.number !== 5 && field.number !== 7) continue;
    expectWire(field, wire.bytes, "member of a node");
    if (field.number === 4) type = await reader.text(field, scan.limits.maxNameBytes, "operator name");
    else if (field.number === 5) await readAttribute(reader, field, scan, depth);
    else domain = await reader.text(field, scan.limits.maxNameBytes, "operator domain");
  }
  const key = operatorKey(domain, type);
  scan.operators.set(key, (scan.operators.get(key) ?? 0) + 1);
  checkCount(scan.operators.size, scan.limits.maxOperators, "different operators");
};

/** Reads an AttributeProto as far as it can hold graphs (6, 11), tensors (5, 10, 22, 23) and lists of numbers (7, 8: the trees of a forest). */
export const readAttribute = async (reader: WireReader, message: Field, scan: Scan, depth: number): Promise<void> => {
  reader.descend(message);
  while (reader.position < message.end) {
    const field = await reader.next(message.end);
    if (field.number === 5 || field.number === 10) {
      expectWire(field, wire.bytes, "tensor attribute");
      scan.parameterCount += (await readTensor(reader, field, scan)).elements;
    } else if (field.number === 6 || field.number === 11) {
      expectWire(field, wire.bytes, "graph attribute");
      await readGraph(reader, field, scan, depth + 1);
    } else if (field.number === 22 || field.number === 23) {
      expectWire(field, wire.bytes, "sparse tensor attribute");
      scan.parameterCount += (await readSparseTensor(reader, field, scan)).elements;
    } else if (field.number === 7) {
      scan.parameterCount += field.wire === wire.bytes ? Math.floor((field.end - field.start) / 4) : 1 + (await reader.countRun(field, message.end));
    } else await reader.countRun(field, message.end);
  }
};
