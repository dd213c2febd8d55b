import { type Limits } from "../limits";
import { quote } from "../paths";
import { type BundleFile, type Finding, type MlflowSummary, type Severity } from "../schema";
import { type Sniffed } from "../sniff";

/** Names of the packages whose version a flavour states, where the two words differ. */
const packageOf: Readonly<Record<string, string>> = { sklearn: "scikit-learn", pytorch: "torch", spark: "pyspark", tensorflow: "tensorflow", statsmodels: "statsmodels", langchain: "langchain" };

const normalize = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, "-");

/** Formats whose loading runs code that the file brings. */
const runsCodeOf = (format: Sniffed["format"], path: string, isSkops: boolean): string | null => {
  if (format === "pickle") return "a Python pickle, which runs whatever code it holds when it is loaded";
  if (format === "torch") return "a PyTorch file, which is a pickle inside";
  if (format === "keras" || format === "hdf5") return "a Keras model, whose layers may hold Python code";
  if (format === "zip" && !isSkops && !/\.(skops|npz)$/i.test(path)) return "a zip archive of unknown contents";
  return null;
};

export type BundleJudgement = { findings: Finding[]; runsCode: boolean };

/**
 * Judges a bundle that MLflow made and that holds no ONNX flavour. Slipway never loads it: what loading would run is said
 * as a caution for whoever approves, and a policy may forbid it. What makes it unfit for a scoring server is said too.
 */
export const judgeMlflow = (summary: MlflowSummary, files: readonly BundleFile[], others: readonly { file: BundleFile; sniffed: Sniffed }[], limits: Limits): BundleJudgement => {
  const findings: Finding[] = [];
  const add = (code: string, severity: Severity, path: string, message: string): void => void findings.push({ code, severity, path, message });
  const pyfunc = summary.flavors.find(({ name }) => name === "python_function");
  if (summary.path !== "MLmodel") add("mlmodel.not_at_root", "quarantine", summary.path, "The MLmodel file does not lie at the root of the version, where a scoring server looks for it. Register the folder that holds it.");
  if (!pyfunc) add("mlmodel.no_pyfunc", "quarantine", summary.path, "The model has no python_function flavour, so no scoring server can run it. Log it with MLflow's log_model.");

  const isSkops = summary.flavors.some(({ serialization }) => serialization === "skops");
  const code: string[] = [];
  for (const { file, sniffed } of others) {
    const reason = runsCodeOf(sniffed.format, file.path, isSkops);
    if (reason !== null && code.push(file.path) <= limits.maxFindings) add("mlflow.runs_code", "caution", file.path, `This is ${reason}. Slipway never loads it; a scoring server does. Approve it only from people and runs that you trust${summary.flavors.some(({ name }) => name === "sklearn") ? ", or log it with serialization_format=\"skops\"" : ""}.`);
  }
  const python = files.filter(({ path }) => /\.py$/i.test(path)).map(({ path }) => path);
  if (python.length > 0) add("mlflow.runs_code", "caution", python[0] ?? "", `The bundle brings ${python.length} Python ${python.length === 1 ? "file" : "files"} that ${python.length === 1 ? "runs" : "run"} when the model is loaded. Slipway never runs ${python.length === 1 ? "it" : "them"}; a scoring server does.`);
  const loader = pyfunc?.loader ?? null;
  const isForeign = loader !== null && !/^mlflow(\.|$)/.test(loader);
  if (isForeign) add("mlflow.runs_code", "caution", summary.path, `The model is loaded by ${quote(loader)}, a module that MLflow does not bring.`);
  judgeEnvironment(summary, add);
  if (summary.inputs === null) add("mlmodel.no_signature", "info", summary.path, "The model was logged without a signature: callers are not told what it takes, and drift of its inputs is not measured. Log it with signature=infer_signature(…).");
  return { findings, runsCode: code.length > 0 || python.length > 0 || isForeign };
};

type Add = (code: string, severity: Severity, path: string, message: string) => void;

const judgeEnvironment = (summary: MlflowSummary, add: Add): void => {
  const { dependencies } = summary;
  if (!dependencies) {
    add("requirements.missing", "caution", "", "No requirements.txt or conda.yaml could be read, so the environment that the model needs is unknown. Log the model again with MLflow.");
    return;
  }
  const { packages, source } = dependencies;
  const foreign = packages.filter(({ origin }) => origin === "address" || origin === "option");
  if (foreign.length > 0) add("requirements.other_source", "caution", source, `Not from the package index: ${foreign.slice(0, 5).map(({ name, specifier }) => quote(`${name} ${specifier}`.trim())).join(", ")}${foreign.length > 5 ? ` and ${foreign.length - 5} more` : ""}. What they install can change after the approval.`);
  const open = packages.filter(({ origin, isPinned }) => (origin === "pip" || origin === "conda") && !isPinned);
  if (open.length > 0) add("requirements.not_pinned", "info", source, `Not pinned to one version: ${open.slice(0, 8).map(({ name }) => name).join(", ")}${open.length > 8 ? ` and ${open.length - 8} more` : ""}. The environment may be another one tomorrow.`);
  for (const { name, version } of summary.flavors) {
    const wanted = normalize(packageOf[name] ?? name);
    const found = packages.find((candidate) => candidate.isPinned && normalize(candidate.name) === wanted);
    if (version !== null && found && found.specifier.replace(/^=+/, "") !== version) add("requirements.other_version", "caution", source, `The model was saved with ${wanted} ${version}, but ${source} asks for ${found.specifier.replace(/^=+/, "")}. It may load as another model, or not at all.`);
  }
};
