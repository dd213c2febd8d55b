import { AppError } from "@/lib/core/errors";
import { type Limits } from "./limits";
import { readCompanions } from "./mlflow/companions";
import { type Mlmodel, readMlmodel } from "./mlmodel";
import { pathFault, quote } from "./paths";
import { type BundleFile, type Finding, type OpenFile, type RangedFile } from "./schema";
import { sniff, sniffBytes, type Sniffed } from "./sniff";

/** Opens a file, uses it and closes it whatever happens. */
export const withFile = async <T>(open: OpenFile, path: string, use: (file: RangedFile) => Promise<T>): Promise<T> => {
  const file = await open(path);
  try {
    return await use(file);
  } finally {
    await file.close?.();
  }
};

/** Reads the first bytes of a file. */
export const readHead = async (file: RangedFile, size: number, length: number): Promise<Uint8Array> => {
  const wanted = Math.min(size, length);
  const head = wanted === 0 ? new Uint8Array(0) : await file.read(0, wanted);
  if (head.length !== wanted) throw new AppError("internal", "inspection.short_read", `A read of ${wanted} bytes returned ${head.length}: the file changed while it was inspected.`);
  return head;
};

/** Finds what is wrong with the list of files itself: too many, paths that lead out, paths given twice. */
export const judgeList = (files: readonly BundleFile[], limits: Limits): Finding[] => {
  if (files.length > limits.maxFiles) return [{ code: "bundle.too_many_files", severity: "refuse", path: "", message: `The bundle has ${files.length} files; at most ${limits.maxFiles} are allowed.` }];
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const { path } of files) {
    const fault = pathFault(path);
    if (fault) findings.push({ code: "bundle.path", severity: "refuse", path, message: `The path ${quote(path)} ${fault}. Upload the file under a plain relative path.` });
    else if (seen.has(path)) findings.push({ code: "bundle.duplicate_path", severity: "refuse", path, message: `The bundle has two files at ${quote(path)}.` });
    seen.add(path);
  }
  return findings;
};

const readText = (file: BundleFile, open: OpenFile): Promise<string> =>
  withFile(open, file.path, async (opened) => new TextDecoder().decode(await readHead(opened, file.size, file.size)));

const depthOf = (path: string): number => path.split("/").length;

/** Reads the bundle's MLmodel file alone, the one nearest to the root when there are several; undefined when there is none. */
export const readMlmodelFile = async (files: readonly BundleFile[], open: OpenFile, limits: Limits): Promise<Mlmodel | undefined> => {
  const [file] = files.filter(({ path }) => /(^|\/)MLmodel$/.test(path)).sort((a, b) => depthOf(a.path) - depthOf(b.path) || (a.path < b.path ? -1 : 1));
  if (!file) return undefined;
  if (file.size > limits.maxMlmodelBytes) {
    const message = `The MLmodel file is ${file.size} bytes; at most ${limits.maxMlmodelBytes} are read. Log the model again with MLflow.`;
    return { summary: null, modelPath: null, named: { conda: null, example: null, servingExample: null }, findings: [{ code: "mlmodel.too_large", severity: "quarantine", path: file.path, message }] };
  }
  return readMlmodel(file.path, await readText(file, open), new Map(files.map(({ path, size }) => [path, size])), limits);
};

/** The same with what the files that it names add: requirements, examples. */
export const readMlmodelOf = async (files: readonly BundleFile[], open: OpenFile, limits: Limits): Promise<Mlmodel | undefined> => {
  const mlmodel = await readMlmodelFile(files, open, limits);
  if (!mlmodel?.summary) return mlmodel;
  return { ...mlmodel, summary: await readCompanions(mlmodel.summary, mlmodel.named, files, (companion) => readText(companion, open)) };
};

export type Choice = {
  /** ONNX files by name, and the file that MLmodel names. */
  models: BundleFile[];
  /** The one to serve; undefined when there is none or nothing tells which. */
  main: BundleFile | undefined;
  findings: Finding[];
};

/** Chooses the model to serve: the one that MLmodel names, else the only ONNX file, else `model.onnx` at the root. */
export const chooseModels = (files: readonly BundleFile[], named: string | null, limits: Limits): Choice => {
  const models = files.filter(({ path }) => path === named || /\.onnx$/i.test(path));
  const main = models.find(({ path }) => path === named) ?? (models.length === 1 ? models[0] : models.find(({ path }) => path === "model.onnx"));
  const findings: Finding[] = [];
  if (models.length > 0 && !main) findings.push({ code: "bundle.several_models", severity: "quarantine", path: "", message: `The bundle has ${models.length} ONNX files and nothing says which one to serve. Name it model.onnx, or upload it alone.` });
  if (models.length > limits.maxModelFiles) findings.push({ code: "bundle.too_many_models", severity: "refuse", path: "", message: `The bundle has ${models.length} ONNX files; at most ${limits.maxModelFiles} can be inspected. Upload one model a version.` });
  return { models: models.slice(0, limits.maxModelFiles), main, findings };
};

/** Finds models of other formats among the files: by their first bytes, and beyond `maxSniffedFiles` by their names alone. */
export const findOthers = async (files: readonly BundleFile[], open: OpenFile, limits: Limits): Promise<{ file: BundleFile; sniffed: Sniffed }[]> => {
  const found: { file: BundleFile; sniffed: Sniffed }[] = [];
  for (const [index, file] of files.entries()) {
    const head = index < limits.maxSniffedFiles ? await withFile(open, file.path, (opened) => readHead(opened, file.size, sniffBytes)) : new Uint8Array(0);
    const sniffed = sniff(file.path, head, file.size);
    if (sniffed?.isModel) found.push({ file, sniffed });
  }
  return found;
};
