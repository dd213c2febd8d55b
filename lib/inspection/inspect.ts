import { chooseModels, findOthers, judgeList, readHead, readMlmodelOf, withFile } from "./bundle";
import { defaultLimits, type Limits } from "./limits";
import { judgeMlflow } from "./mlflow/judge";
import { toMlflowSignature } from "./mlflow/signature";
import { type Mlmodel } from "./mlmodel";
import { inspectOnnx, type OnnxReport } from "./onnx/inspect-onnx";
import { featuresOf } from "./features";
import { type BundleFile, type Finding, type InspectionResult, type InspectionSummary, type MlflowSummary, type ModelFormat, type OpenFile, type Severity, type Signature } from "./schema";
import { describeOther, sniff, sniffBytes, type Sniffed } from "./sniff";

/** Raised whenever the same files could get another verdict; stored with each result, so that old ones can be found and run again. */
export const inspectorVersion = "2";

/**
 * Says what is in a bundle and whether it is safe, without running anything in it. Weights are skipped, all work is
 * bounded by `limits`, and whatever is wrong with the files is a finding; raises only what `open` and `read` raise.
 */
export const inspectFiles = async (files: readonly BundleFile[], open: OpenFile, limits: Limits = defaultLimits): Promise<InspectionResult> => {
  const listFindings = judgeList(files, limits);
  if (listFindings.length > 0) return toResult("unknown", listFindings, null, null, limits);

  const mlmodel = await readMlmodelOf(files, open, limits);
  if (mlmodel?.summary && mlmodel.summary.flavors.length > 0 && !mlmodel.summary.flavors.some(({ name }) => name === "onnx")) return inspectMlflow(mlmodel, mlmodel.summary, files, open, limits);
  const { models, main, findings } = chooseModels(files, mlmodel?.modelPath ?? null, limits);
  findings.push(...(mlmodel?.findings ?? []));
  const sizes = new Map(files.map((file) => [file.path, file.size]));
  const skipped = new Set<string>();
  let format: ModelFormat = models.length > 0 ? "onnx" : "unknown";
  let summary: InspectionSummary | null = null;
  for (const file of models) {
    const report = await inspectAsOnnx(file, open, sizes, limits);
    findings.push(...report.findings);
    skipped.add(file.path);
    for (const data of report.summary?.externalData ?? []) skipped.add(data.path);
    if (file !== main) continue;
    format = report.format;
    summary = report.summary;
  }

  const others = await findOthers(files.filter((file) => !skipped.has(file.path)), open, limits);
  for (const { file, sniffed } of others) findings.push(judgeOther(file.path, sniffed, models.length > 0));
  if (models.length === 0) {
    format = others[0]?.sniffed.format ?? "unknown";
    if (others.length === 0) findings.push({ code: "bundle.no_model", severity: "quarantine", path: "", message: "No file of the bundle is a model that Slipway knows. Upload an ONNX file." });
  }
  return toResult(format, findings, summary, mlmodel ?? null, limits);
};

/** A model of MLflow that only Python can load: what it states is read, what loading it would run is said, nothing is run. */
const inspectMlflow = async (mlmodel: Mlmodel, summary: MlflowSummary, files: readonly BundleFile[], open: OpenFile, limits: Limits): Promise<InspectionResult> => {
  const judged = judgeMlflow(summary, files, await findOthers(files, open, limits), limits);
  return toResult("mlflow", [...mlmodel.findings, ...judged.findings], null, { ...mlmodel, summary: { ...summary, runsCode: judged.runsCode } }, limits);
};

/** Inspects one file that is named as ONNX; when it is something else, the finding says what. */
const inspectAsOnnx = async (file: BundleFile, open: OpenFile, sizes: ReadonlyMap<string, number>, limits: Limits): Promise<OnnxReport & { format: ModelFormat }> =>
  withFile(open, file.path, async (opened) => {
    const head = await readHead(opened, file.size, sniffBytes);
    const isNot = (what: string, format: ModelFormat): OnnxReport & { format: ModelFormat } => ({
      format,
      summary: null,
      findings: [{ code: "onnx.not_onnx", severity: "refuse", path: file.path, message: `This is ${what}, not ONNX. Export the model to ONNX and upload that file.` }],
    });
    if (file.size === 0) return isNot("an empty file", "unknown");
    const other = sniff("", head, file.size);
    if (other) return isNot(other.label, other.format);
    const description = describeOther(head);
    if (description !== "an unknown binary file") return isNot(description, "unknown");
    return { ...(await inspectOnnx(file, opened, sizes, limits)), format: "onnx" };
  });

const judgeOther = (path: string, { format, label }: Sniffed, hasOnnx: boolean): Finding => {
  if (format === "pickle") {
    const message = `The file is ${label}: loading it would run code of whoever made it, and Slipway never loads it. Export the model to ONNX and leave this file out, or have an approver waive it.`;
    return { code: "file.pickle", severity: "quarantine", path, message };
  }
  if (hasOnnx) return { code: "file.other_model", severity: "info", path, message: `Beside the ONNX model lies ${label}. It was not inspected and is not served.` };
  return { code: "file.no_inspector", severity: "quarantine", path, message: `The file is ${label}; there is no inspector for this format yet. Export the model to ONNX, or have an approver waive it.` };
};

const rank: Readonly<Record<Severity, number>> = { refuse: 0, quarantine: 1, caution: 2, info: 3 };

const toResult = (format: ModelFormat, findings: Finding[], summary: InspectionSummary | null, mlmodel: Mlmodel | null, limits: Limits): InspectionResult => {
  findings.sort((a, b) => rank[a.severity] - rank[b.severity]);
  const worst = findings[0]?.severity;
  return {
    inspector: "onnx",
    inspectorVersion,
    verdict: worst === "refuse" ? "refused" : worst === "quarantine" ? "unverified" : "clean",
    format,
    findings: findings.slice(0, limits.maxFindings),
    summary,
    mlflow: mlmodel?.summary ?? null,
    signature: summary ? toSignature(summary, mlmodel) : format === "mlflow" && mlmodel?.summary ? toMlflowSignature(mlmodel.summary) : null,
  };
};

/** The model's own inputs and outputs, with column names of the MLflow signature where they fit the only table that goes in. */
const toSignature = ({ inputs, outputs }: InspectionSummary, mlmodel: Mlmodel | null): Signature => {
  const columns = mlmodel?.summary?.inputs ?? [];
  const names = columns.flatMap((column) => (column.shape === null && column.name !== null ? [column.name] : []));
  const fits = inputs.length === 1 && names.length > 0 && names.length === columns.length && new Set(names).size === names.length && featuresOf({ inputs }).length === names.length;
  return { inputs, outputs, featureNames: fits ? names : null };
};
