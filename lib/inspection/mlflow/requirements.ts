import { isObject } from "@/lib/core/json";

import { type MlflowPackage } from "../schema";
import { parseYaml } from "./yaml";

const maxPackages = 2_000;
const nameRule = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(.*)$/;

/** Splits one requirement (PEP 508) into name and specifier; null when it is none. An address or a path is kept whole. */
const readRequirement = (line: string): MlflowPackage | null => {
  const text = line.split(/\s#/)[0]?.split(";")[0]?.trim() ?? "";
  if (text === "" || text.startsWith("#")) return null;
  if (text.startsWith("-e") || /^[a-z+]+:\/\//i.test(text) || /^[./]/.test(text) || /^(git|hg|svn|bzr)\+/.test(text)) return { name: text.slice(0, 200), specifier: "", isPinned: false, origin: "address" };
  if (text.startsWith("-")) return { name: text.slice(0, 200), specifier: "", isPinned: false, origin: "option" };
  const [, name, , rest = ""] = nameRule.exec(text) ?? [];
  if (name === undefined) return null;
  if (rest.startsWith("@")) return { name: name.slice(0, 200), specifier: rest.slice(0, 200), isPinned: false, origin: "address" };
  return { name: name.slice(0, 200), specifier: rest.replaceAll(/\s+/g, "").slice(0, 200), isPinned: /^={2,3}[^*,]+$/.test(rest.trim()), origin: "pip" };
};

/** Reads requirements.txt. Options such as `--index-url` are kept, since they say where packages come from. */
export const readRequirements = (text: string): MlflowPackage[] =>
  text.replaceAll(/\\\r?\n/g, " ").split(/\r?\n/).slice(0, maxPackages * 2).flatMap((line) => readRequirement(line.slice(0, 1_000).trim()) ?? []).slice(0, maxPackages);

export type CondaEnvironment = { python: string | null; packages: MlflowPackage[] };

/** Reads conda.yaml: its Python, its conda packages and the pip list within. Null when it is not such a file. */
export const readConda = (text: string): CondaEnvironment | null => {
  let document: unknown;
  try {
    document = parseYaml(text);
  } catch {
    // The caller says that the file can't be read.
    return null;
  }
  const listed = isObject(document) && Array.isArray(document["dependencies"]) ? (document["dependencies"] as unknown[]).slice(0, maxPackages) : null;
  if (!listed) return null;
  let python: string | null = null;
  const packages: MlflowPackage[] = [];
  for (const item of listed) {
    if (isObject(item) && Array.isArray(item["pip"])) packages.push(...(item["pip"] as unknown[]).flatMap((line) => (typeof line === "string" ? (readRequirement(line.trim()) ?? []) : [])));
    if (typeof item !== "string") continue;
    const [, name = "", specifier = ""] = /^\s*(?:[\w-]+::)?([\w.-]+)\s*(.*)$/.exec(item) ?? [];
    if (name === "python") python = specifier.replace(/^=+/, "") || null;
    else if (name !== "pip") packages.push({ name: name.slice(0, 200), specifier: specifier.slice(0, 200), isPinned: /^={1,2}[^*,<>]+$/.test(specifier), origin: "conda" });
  }
  return { python, packages: packages.slice(0, maxPackages) };
};

/** Reads the Python of python_env.yaml, or null. */
export const readPythonEnv = (text: string): string | null => {
  try {
    const document = parseYaml(text);
    return isObject(document) && (typeof document["python"] === "string" || typeof document["python"] === "number") ? String(document["python"]).slice(0, 64) : null;
  } catch {
    // Python's version is also in MLmodel.
    return null;
  }
};
