import { quote } from "../paths";
import { type Finding, type Operator, type Severity } from "../schema";
import { isWireDatatype } from "./datatypes";
import { operatorKey, type Scan } from "./scan";

/** Newest IR version and operator sets of onnx.proto that this inspector was written for. */
const newestIrVersion = 14;

const ownDomains = new Set(["ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview", "ai.onnx.preview.training"]);
/** Operators that ONNX Runtime brings along; other runtimes may lack them. */
const vendorDomains = new Set(["com.microsoft", "com.microsoft.nchwc"]);

/** Turns the counts of a scan into a list sorted by domain and type. */
export const listOperators = (scan: Scan): Operator[] =>
  [...scan.operators]
    .map(([key, count]) => {
      const [domain = "", type = ""] = key.split("\0");
      return { domain, type, count };
    })
    .sort((a, b) => (a.domain < b.domain ? -1 : a.domain > b.domain ? 1 : a.type < b.type ? -1 : 1));

/** Judges a well-formed model: what makes it unfit (refuse), what a person must look at (quarantine), what is worth knowing (info). */
export const judgeModel = (path: string, scan: Scan): Finding[] => {
  const findings: Finding[] = [];
  const add = (code: string, severity: Severity, message: string): void => void findings.push({ code, severity, path, message });
  const ir = scan.irVersion;
  const isNewer = ir !== null && ir > newestIrVersion;

  if (ir === null || ir < 1) add("onnx.no_ir_version", "refuse", "The file states no ONNX IR version: it is not an ONNX model. Export the model again.");
  else if (isNewer) add("onnx.newer_ir", ir > newestIrVersion + 50 ? "refuse" : "quarantine", `The file is of IR version ${ir}; this inspector knows versions up to ${newestIrVersion}. Export it for an older version of ONNX.`);
  if (!scan.graph) add("onnx.no_graph", "refuse", "The file holds no graph: it is not a complete ONNX model. Export it again.");
  else if (scan.graph.outputs.length === 0) add("onnx.no_outputs", "refuse", "The graph has no outputs, so the model gives no answer. Export it again.");
  if (scan.graph && ir !== null && ir >= 3 && scan.opsets.size === 0) add("onnx.no_opset", "refuse", "The file imports no operator set: it is cut off or damaged. Export it again.");
  if (scan.unknownTopFields.size > 0) {
    add("onnx.unknown_field", isNewer ? "quarantine" : "refuse", `The file holds data in fields that ONNX does not define (${[...scan.unknownTopFields].join(", ")}): something was appended to it, or it is not an ONNX model. Export it again.`);
  }
  judgeDomains(scan, add);
  judgePorts(scan, add);
  if (scan.hasTraining) add("onnx.training_info", "info", "The file carries training information. Serving ignores it; export without it to make the file smaller.");
  if (scan.metadataCut) add("onnx.metadata_cut", "info", "The file has more metadata than is kept; only the first entries are shown.");
  return findings;
};

type Add = (code: string, severity: Severity, message: string) => void;

const judgeDomains = (scan: Scan, add: Add): void => {
  const used = new Map<string, string[]>();
  for (const { domain, type } of listOperators(scan)) {
    if (type === "") add("onnx.no_operator", "refuse", "The graph has a node without an operator: it is not a valid ONNX model. Export it again.");
    if (!scan.functions.has(operatorKey(domain, type))) used.set(domain, [...(used.get(domain) ?? []), type]);
  }
  const missing = [...used.keys()].filter((domain) => !scan.opsets.has(domain));
  if (scan.opsets.size > 0 && missing.length > 0) add("onnx.opset_missing", "refuse", `The graph uses operators of ${missing.slice(0, 5).map(quote).join(", ")} but imports no such operator set; no runtime can load it. Export it again.`);
  for (const [domain, types] of used) {
    const named = `${types.slice(0, 5).map(quote).join(", ")}${types.length > 5 ? ` and ${types.length - 5} more` : ""}`;
    if (vendorDomains.has(domain)) add("onnx.vendor_operators", "info", `The graph uses operators of ONNX Runtime itself (${domain}: ${named}); other runtimes may not run it.`);
    else if (!ownDomains.has(domain)) add("onnx.custom_operators", "quarantine", `The graph uses operators of the domain ${quote(domain)} (${named}), which need native code that was not inspected and that the bundled runtime does not have. Export with standard operators, or have an approver waive it for a runtime that brings them.`);
  }
};

const judgePorts = (scan: Scan, add: Add): void => {
  if (!scan.graph) return;
  const { inputs, outputs } = scan.graph;
  for (const [side, ports] of [["input", inputs], ["output", outputs]] as const) {
    const names = new Set<string>();
    for (const port of ports) {
      if (port.name === "") add("onnx.unnamed_port", "refuse", `The graph has an ${side} without a name. Export the model again.`);
      if (names.has(port.name)) add("onnx.duplicate_port", "refuse", `The graph has two ${side}s named ${quote(port.name)}. Export the model again.`);
      names.add(port.name);
    }
  }
  for (const port of outputs) {
    if (port.kind === "sequence" && port.datatype.startsWith("sequence(map(")) add("onnx.zipmap", "info", `The output ${quote(port.name)} is a ZipMap (${port.datatype}). The bundled runtime answers with tensors only and leaves it out; export with options={"zipmap": False} to get the probabilities as one tensor.`);
    else if (port.kind !== "tensor") add("onnx.output_kind", "info", `The output ${quote(port.name)} is a ${port.datatype}. The bundled runtime answers with tensors only and leaves it out.`);
  }
  for (const port of inputs) {
    if (port.kind !== "tensor" || (port.datatype !== "UNKNOWN" && !isWireDatatype(port.datatype))) add("onnx.input_kind", "info", `The input ${quote(port.name)} is ${port.datatype}, which the Open Inference Protocol can't carry as JSON; the bundled runtime will not load this model. Export it with FP32 inputs.`);
  }
};
