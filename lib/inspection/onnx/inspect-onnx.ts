import { type Limits } from "../limits";
import { type BundleFile, type ExternalData, type Finding, type InspectionSummary, type RangedFile } from "../schema";
import { judgeExternal } from "./external";
import { judgeModel, listOperators } from "./judge";
import { readModel } from "./model";
import { createScan } from "./scan";
import { BadModel, ByteSource } from "./source";
import { WireReader } from "./wire";

const maxListedRanges = 1_000;

export type OnnxReport = { findings: Finding[]; summary: InspectionSummary | null };

/**
 * Describes one ONNX file without running it; `sizes` are the bytes of all files of the bundle by path. Raises only what
 * reading the file raises: whatever is wrong inside the file is a finding.
 */
export const inspectOnnx = async (file: BundleFile, opened: RangedFile, sizes: ReadonlyMap<string, number>, limits: Limits): Promise<OnnxReport> => {
  const refused = (code: string, message: string): OnnxReport => ({ findings: [{ code, severity: "refuse", path: file.path, message }], summary: null });
  if (file.size > limits.maxModelBytes) return refused("onnx.too_large", `The file is ${file.size} bytes; an ONNX file can have at most ${limits.maxModelBytes}. Save the model with external data.`);
  const scan = createScan(limits);
  try {
    await readModel(new WireReader(new ByteSource(opened, file.size, limits)), file.size, scan);
  } catch (error) {
    if (error instanceof BadModel) return refused(error.code, error.message);
    throw error;
  }
  const external = judgeExternal(file.path, scan.external, sizes, limits.maxFindings);
  const findings = [...external.findings, ...judgeModel(file.path, scan)];
  if (scan.irVersion === null || !scan.graph) return { findings, summary: null };
  const externalPaths = [...new Set(external.data.map((data) => data.path))];
  const summary: InspectionSummary = {
    path: file.path,
    irVersion: scan.irVersion,
    producer: scan.producer,
    domain: scan.domain,
    modelVersion: scan.modelVersion,
    opsets: [...scan.opsets].map(([domain, version]) => ({ domain, version })).sort((a, b) => (a.domain < b.domain ? -1 : 1)),
    graphName: scan.graph.name,
    inputs: scan.graph.inputs,
    outputs: scan.graph.outputs,
    operators: listOperators(scan),
    parameterCount: scan.parameterCount,
    sizeBytes: file.size + externalPaths.reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0),
    externalData: external.data.length > maxListedRanges ? externalPaths.map((path) => cover(path, external.data)) : external.data,
    metadata: Object.fromEntries(scan.metadata),
  };
  return { findings, summary };
};

/** The one range of a file that holds all the given ranges of it. */
const cover = (path: string, ranges: readonly ExternalData[]): ExternalData => {
  let from = Infinity;
  let to = 0;
  for (const range of ranges) {
    if (range.path !== path) continue;
    from = Math.min(from, range.offset);
    to = Math.max(to, range.offset + range.length);
  }
  return { path, offset: from, length: to - from };
};
