import type { ServableVersion } from "./adapters/types";

/** Whether a kind of runtime can serve a version, why or why not, and what to do where it can't. */
export type Fit = { canServe: boolean; reason: string; remedy: string | null };

type Facts = Pick<ServableVersion, "status" | "files" | "mainPath" | "format" | "flavors" | "isServableByMlflow" | "takesFrame"> & { cannotLoadReason: string | null };

const hasOnnx = ({ files, mainPath }: Facts): boolean => mainPath !== null && files.some(({ path }) => path === mainPath);

const onnxFit = (version: Facts): Fit => {
  if (version.format !== "onnx" || !hasOnnx(version)) return { canServe: false, reason: "It serves ONNX files only, and the version holds none that could be read.", remedy: "Convert the model to ONNX and register that as a version, or start a scoring server." };
  if (version.cannotLoadReason !== null) return { canServe: false, reason: version.cannotLoadReason, remedy: "Export the model with tensor inputs that the Open Inference Protocol carries." };
  return { canServe: true, reason: `The version holds the ONNX file ${version.mainPath ?? ""}; the runtime fetches it by its digest, and nothing has to be started.`, remedy: null };
};

const mlflowFit = (version: Facts): Fit => {
  if (version.flavors.length === 0) return { canServe: false, reason: "The version has no MLmodel file, which a scoring server needs.", remedy: "Log the model with MLflow's log_model and register that." };
  if (!version.isServableByMlflow) return { canServe: false, reason: "Its MLmodel file has no python_function flavour, or does not lie at the root of the version.", remedy: "Log the model with MLflow's log_model and register the folder that holds MLmodel." };
  // Requests are translated by the ONNX file's own inputs, which are not the columns that MLflow would ask for.
  if (version.format === "onnx" && version.takesFrame) return { canServe: false, reason: "Its ONNX file takes tensors, its MLflow signature columns of a data frame.", remedy: "The bundled runtime serves it." };
  return { canServe: true, reason: `Any model with the python_function flavour; this one was logged as ${version.flavors.filter((name) => name !== "python_function").join(", ") || "python_function"}.`, remedy: null };
};

/** Judges by what the inspection found. */
export const fitOf = (kind: string, version: Facts): Fit => {
  if (version.status !== "ready") return { canServe: false, reason: `The version is ${version.status}: nothing serves it.`, remedy: version.status === "checking" ? "The inspection ends in a few seconds." : "See its inspection." };
  return kind === "onnx" ? onnxFit(version) : kind === "mlflow" ? mlflowFit(version) : { canServe: false, reason: `There is no adapter for runtimes of the kind ${kind}.`, remedy: null };
};
