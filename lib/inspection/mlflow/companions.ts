import { isObject, readJson } from "@/lib/core/json";

import { pathFault, resolveBeside } from "../paths";
import { type BundleFile, type MlflowSummary } from "../schema";
import { readConda, readPythonEnv, readRequirements } from "./requirements";

/** Largest request that is kept for the page and the readiness probe. */
const maxExampleBytes = 64 * 1024;
const maxTextBytes = 2 ** 20;

export type ReadText = (file: BundleFile) => Promise<string>;
type Named = { conda: string | null; example: string | null; servingExample: string | null };

/** The MLmodel file's summary with what its companions say: packages, Python, and the example request. */
export const readCompanions = async (summary: MlflowSummary, named: Named, files: readonly BundleFile[], read: ReadText): Promise<MlflowSummary> => {
  const find = (path: string | null): BundleFile | undefined => (path === null || pathFault(path) !== undefined ? undefined : files.find((file) => file.path === resolveBeside(summary.path, path)));
  const textOf = async (path: string | null, maxBytes = maxTextBytes): Promise<string | null> => {
    const file = find(path);
    return file && file.size <= maxBytes ? read(file) : null;
  };
  const requirements = await textOf("requirements.txt");
  const condaText = await textOf(named.conda ?? "conda.yaml");
  const conda = condaText === null ? null : readConda(condaText);
  const python = summary.pythonVersion ?? readPythonEnv((await textOf("python_env.yaml")) ?? "") ?? conda?.python ?? null;
  const dependencies = requirements !== null ? { source: "requirements.txt", packages: readRequirements(requirements) } : conda ? { source: named.conda ?? "conda.yaml", packages: conda.packages } : null;
  return { ...summary, pythonVersion: python, dependencies, example: await readExample(named, find, textOf) };
};

/** The request that MLflow made of the input example; for models of older clients it is made from the example itself. */
const readExample = async (named: Named, find: (path: string | null) => BundleFile | undefined, textOf: (path: string | null, maxBytes?: number) => Promise<string | null>): Promise<MlflowSummary["example"]> => {
  const serving = find(named.servingExample ?? "serving_input_example.json");
  const plain = find(named.example ?? "input_example.json");
  const path = serving?.path ?? plain?.path;
  if (path === undefined) return null;
  const ready = compact(await textOf(named.servingExample ?? "serving_input_example.json", maxExampleBytes));
  if (ready !== null) return { path, body: ready };
  const text = await textOf(named.example ?? "input_example.json", maxExampleBytes);
  return { path, body: text === null ? null : wrap(text) };
};

/** The document in one line, numbers kept as they stand; null when it is no JSON object. */
const compact = (text: string | null): string | null => {
  if (text === null || !isObject(readJson(text))) return null;
  return text.replaceAll(/"[^"\\]*(?:\\.[^"\\]*)*"|\s+/g, (token) => (token.startsWith('"') ? token : ""));
};

const wrap = (text: string): string | null => {
  const document = readJson(text); // an example that can't be read is no example
  if (isObject(document)) return Array.isArray(document["data"]) ? JSON.stringify({ dataframe_split: document }) : null;
  return Array.isArray(document) ? JSON.stringify({ inputs: document }) : null;
};
