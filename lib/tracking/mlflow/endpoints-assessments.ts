import { isObject, type JsonObject } from "@/lib/core/json";

import { invalid } from "../errors";
import { type AssessmentUpdate, createAssessment, deleteAssessment, getAssessment, newAssessmentId, updateAssessment } from "../service-assessments";
import type { AssessmentKind, AssessmentRow } from "../store-assessments";
import { type Endpoint, get, patch, post, remove } from "./endpoint";
import { assessmentEntity } from "./entities-traces";
import type { Input } from "./input";
import { readTimestamp } from "./times";

const unspecified = "SOURCE_TYPE_UNSPECIFIED";
const sources = ["HUMAN", "LLM_JUDGE", "CODE"] as const;

const valueOf = (input: Input, kind: AssessmentKind): JsonObject | undefined => {
  const value = input.json(kind);
  if (value === undefined) return undefined;
  if (!isObject(value)) throw invalid(`Invalid value for parameter 'assessment.${kind}' supplied: it must be an object.`);
  return value as JsonObject;
};

const readValue = (input: Input): { kind: AssessmentKind; value: JsonObject } => {
  const feedback = valueOf(input, "feedback");
  const expectation = valueOf(input, "expectation");
  if (feedback !== undefined && expectation === undefined) return { kind: "feedback", value: feedback };
  if (expectation !== undefined && feedback === undefined) return { kind: "expectation", value: expectation };
  throw invalid("Exactly one of `expectation` or `feedback` should be specified.");
};

const readAssessment = (input: Input): Omit<AssessmentRow, "assessmentId" | "traceId" | "createdAt" | "updatedAt" | "isValid"> => {
  const source = input.child("source");
  const name = input.need("assessment_name");
  if (name.length > 250) throw invalid(`'assessment_name' exceeds the maximum length of 250 characters. Got ${name.length}.`);
  return {
    name,
    ...readValue(input),
    sourceType: source.json("source_type") === unspecified ? unspecified : (source.choice("source_type", sources) ?? unspecified),
    sourceId: source.plain("source_id").slice(0, 250),
    spanId: input.text("span_id") || null,
    rationale: input.text("rationale") ?? null,
    metadata: input.map("metadata"),
    overrides: input.text("overrides") || null,
  };
};

/** An assessment that comes inside a trace, with the times that its maker gave. */
export const readAssessmentOfTrace = (input: Input, fallback: Date): Omit<AssessmentRow, "traceId"> => {
  const time = (name: string): Date => {
    const text = input.text(name);
    return text ? new Date(readTimestamp(text, name)) : fallback;
  };
  return { ...readAssessment(input), assessmentId: input.text("assessment_id") || newAssessmentId(), isValid: input.flag("valid", true), createdAt: time("create_time"), updatedAt: time("last_update_time") };
};

const changeable = ["assessment_name", "expectation", "feedback", "rationale", "metadata"] as const;

/** Fields that an update names: protobuf writes a mask as names in camelCase, joined by commas. */
const readMask = (text: string): Set<string> => {
  const names = text.split(",").map((name) => name.trim().replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).filter((name) => name !== "");
  const fixed = names.find((name) => !(changeable as readonly string[]).includes(name));
  if (fixed !== undefined) throw invalid(`The field '${fixed}' of an assessment can't be changed. Fields that can: ${changeable.join(", ")}.`);
  return new Set(names);
};

const readUpdate = (input: Input): AssessmentUpdate => {
  const mask = readMask(input.need("update_mask"));
  const assessment = input.child("assessment");
  if (mask.has("expectation") && mask.has("feedback")) throw invalid("Cannot specify both `expectation` and `feedback` parameters.");
  const kind = mask.has("feedback") ? "feedback" : mask.has("expectation") ? "expectation" : undefined;
  return {
    ...(mask.has("assessment_name") ? { name: assessment.need("assessment_name") } : {}),
    ...(kind === undefined ? {} : { kind, value: valueOf(assessment, kind) ?? {} }),
    ...(mask.has("rationale") ? { rationale: assessment.plain("rationale") } : {}),
    ...(mask.has("metadata") ? { metadata: assessment.map("metadata") } : {}),
  };
};

const path = "mlflow/traces/{trace_id}/assessments";
const v3 = (endpoint: Endpoint): Endpoint => ({ ...endpoint, major: 3 });

export const assessmentEndpoints: Endpoint[] = [
  post(path, async (ctx, input) => ({ assessment: assessmentEntity(await createAssessment(ctx, { ...readAssessment(input.child("assessment")), traceId: input.need("trace_id") })) })),
  get(`${path}/{assessment_id}`, async (ctx, input) => ({ assessment: assessmentEntity(await getAssessment(ctx, input.need("trace_id"), input.need("assessment_id"))) })),
  patch(`${path}/{assessment_id}`, async (ctx, input) => ({ assessment: assessmentEntity(await updateAssessment(ctx, input.need("trace_id"), input.need("assessment_id"), readUpdate(input))) })),
  remove(`${path}/{assessment_id}`, (ctx, input) => deleteAssessment(ctx, input.need("trace_id"), input.need("assessment_id"))),
].map(v3);
