import { EvidenceDocument } from "@/lib/governance";
import { problemsByPath } from "./present";

/** The model card as it is typed, by section. */
export const cardSections = [
  { key: "details", label: "Details", hint: "What it is: kind of model, version, who made it." },
  { key: "intendedUse", label: "Intended use", hint: "What it is for, and what not." },
  { key: "trainingData", label: "Training data", hint: "Where it came from, and when." },
  { key: "limitations", label: "Limitations", hint: "Where it is known to be wrong." },
  { key: "owners", label: "Owners", hint: "Who answers for it, with an address." },
] as const;
export type CardDraft = Record<(typeof cardSections)[number]["key"], string>;
export const emptyCard: CardDraft = { details: "", intendedUse: "", trainingData: "", limitations: "", owners: "" };

export const evaluationFields = [
  { key: "dataset", path: "dataset.name", label: "Data set", hint: "Held-out rows, never trained on.", required: true },
  { key: "digest", path: "dataset.digest", label: "Digest of the data", hint: "sha256: and 64 hex digits.", required: true },
  { key: "rows", path: "dataset.rows", label: "Rows", required: true },
  { key: "metric", path: "metrics.0.name", label: "Metric", hint: "As the policy names it: accuracy.", required: true },
  { key: "value", path: "metrics.0.value", label: "Value", required: true },
  { key: "lower", path: "metrics.0.lower", label: "Lower bound", required: false },
  { key: "upper", path: "metrics.0.upper", label: "Upper bound", required: false },
  { key: "producer", path: "producer.name", label: "Made by", hint: "Program or person.", required: true },
  { key: "champion", path: "baseline.version", label: "Champion compared with", hint: "Number of its version, on the same rows.", required: false },
  { key: "championValue", path: "baseline.metrics.0.value", label: "Its value", required: false },
  { key: "difference", path: "baseline.difference.value", label: "Difference", hint: "This version minus the champion.", required: false },
  { key: "differenceLower", path: "baseline.difference.lower", label: "Lower bound of the difference", required: false },
] as const;
export type EvaluationDraft = Record<(typeof evaluationFields)[number]["key"], string>;
export const emptyEvaluation: EvaluationDraft = { dataset: "", digest: "", rows: "", metric: "accuracy", value: "", lower: "", upper: "", producer: "", champion: "", championValue: "", difference: "", differenceLower: "" };

/** Text as a number; what is no number stays text, so that the schema names the field. */
const figure = (text: string): number | string => (text.trim() === "" || Number.isNaN(Number(text.replace(",", "."))) ? text.trim() : Number(text.replace(",", ".")));
const given = (key: string, text: string) => (text.trim() === "" ? {} : { [key]: figure(text) });

export const cardDocument = (draft: CardDraft): Record<string, unknown> => ({ kind: "model_card", schemaVersion: 1, ...Object.fromEntries(Object.entries(draft).flatMap(([key, text]) => (text.trim() === "" ? [] : [[key, text.trim()]]))) });

export const evaluationDocument = (draft: EvaluationDraft, model: string): Record<string, unknown> => {
  const [n, name] = [figure(draft.rows), draft.metric.trim()];
  const isCompared = [draft.champion, draft.championValue, draft.difference, draft.differenceLower].some((text) => text.trim() !== "");
  return {
    kind: "evaluation",
    schemaVersion: 1,
    dataset: { name: draft.dataset.trim(), digest: draft.digest.trim(), rows: n },
    metrics: [{ name, value: figure(draft.value), ...given("lower", draft.lower), ...given("upper", draft.upper), n }],
    ...(isCompared
      ? { baseline: { model, role: "champion", version: figure(draft.champion), metrics: [{ name, value: figure(draft.championValue), n }], difference: { name, value: figure(draft.difference), ...given("lower", draft.differenceLower), n } } }
      : {}),
    producer: { name: draft.producer.trim() },
  };
};

/** Problems of a document by the path of the field ("dataset.rows"); empty when it is whole. */
export const problemsOf = (document: unknown): Record<string, string> => {
  const parsed = EvidenceDocument.safeParse(document);
  return parsed.success ? {} : problemsByPath(parsed.error.issues);
};

/** Reads a JSON file; raises a sentence for the reader. */
export const readDocument = async (file: File): Promise<unknown> => {
  if (file.size > 1_000_000) throw new Error(`${file.name} is larger than 1 MB. Evidence is a document, not the data itself.`);
  try {
    return JSON.parse(await file.text());
  } catch (cause) {
    throw new Error(`${file.name} is no JSON document.`, { cause });
  }
};
