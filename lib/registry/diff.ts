import type { MlflowParam } from "@/lib/inspection";

import type { SchemaChange, SchemaDiff, SignaturePort, StoredSignature } from "./schema";

/** What callers of a version rely on. */
export type CallerView = { signature: StoredSignature | null; params: readonly MlflowParam[] };

type Side = SchemaChange["side"];

/** Conversions of a data frame's columns that lose nothing, so that callers notice nothing (MLflow's schema enforcement). */
const widens: Readonly<Record<string, readonly string[]>> = { INT32: ["INT64", "FP64"], FP32: ["FP64"] };

const shapeText = ({ shape }: SignaturePort): string => (shape === null ? "any" : `[${shape.map((size) => size ?? "n").join(", ")}]`);
const typeText = (port: SignaturePort): string => (port.kind === "tensor" ? `${port.datatype} ${shapeText(port)}` : port.datatype);
const isRequired = ({ required }: SignaturePort): boolean => required !== false;

/** Whether everything that fits the shape before also fits the one after. */
const admits = (before: SignaturePort["shape"], after: SignaturePort["shape"]): boolean => after === null || (before !== null && before.length === after.length && after.every((size, index) => size === null || size === before[index]));

const sameShape = (a: SignaturePort, b: SignaturePort): boolean => shapeText(a) === shapeText(b);

/** Changes of one port that both versions have. */
const diffPort = (side: Side, before: SignaturePort, after: SignaturePort, isFrame: boolean): SchemaChange[] => {
  const changes: SchemaChange[] = [];
  const add = (change: SchemaChange["change"], from: string, to: string, breaks: boolean, reason: string): void => void changes.push({ side, name: after.name, change, before: from, after: to, breaks, reason });
  if (before.kind !== after.kind || before.datatype !== after.datatype) {
    const isWider = side === "input" && isFrame && (widens[before.datatype] ?? []).includes(after.datatype);
    add("type", before.datatype, after.datatype, !isWider, isWider ? "What callers send is converted without loss." : side === "input" ? "What callers send has another type." : "Callers read another type.");
  }
  if (!sameShape(before, after)) {
    const isWider = side === "input" ? admits(before.shape, after.shape) : admits(after.shape, before.shape);
    add("shape", shapeText(before), shapeText(after), !isWider, isWider ? "Every shape of before still fits." : side === "input" ? "What callers send has another shape." : "Callers read another shape.");
  }
  if (side === "input" && isRequired(before) !== isRequired(after)) add("required", isRequired(before) ? "required" : "optional", isRequired(after) ? "required" : "optional", isRequired(after), isRequired(after) ? "Callers that leave it out are refused." : "Callers may leave it out from now on.");
  const [named, renamed] = [before.features ?? [], after.features ?? []];
  if (named.length > 0 && renamed.length > 0 && named.join("\n") !== renamed.join("\n")) {
    const isOrder = [...named].sort().join("\n") === [...renamed].sort().join("\n");
    add("columns", describeList(named, renamed), describeList(renamed, named), true, isOrder ? "The columns stand in another order: callers that send rows without names get wrong answers." : "The columns are other ones.");
  }
  return changes;
};

/** The columns that only this list has, else its order. */
const describeList = (own: readonly string[], other: readonly string[]): string => {
  const only = own.filter((name) => !other.includes(name));
  const shown = only.length > 0 ? only : own;
  return `${shown.slice(0, 8).join(", ")}${shown.length > 8 ? ` and ${shown.length - 8} more` : ""}`;
};

const diffPorts = (side: Side, before: readonly SignaturePort[], after: readonly SignaturePort[], isFrame: boolean): SchemaChange[] => {
  const changes: SchemaChange[] = [];
  for (const port of after) {
    const old = before.find(({ name }) => name === port.name);
    if (old) changes.push(...diffPort(side, old, port, isFrame));
    else {
      const breaks = side === "input" && isRequired(port);
      changes.push({ side, name: port.name, change: "added", before: null, after: `${typeText(port)}${isRequired(port) ? "" : ", optional"}`, breaks, reason: breaks ? "Callers don't send it, and are refused." : side === "input" ? "Callers may send it." : "Callers that don't know it ignore it." });
    }
  }
  for (const port of before) {
    if (!after.some(({ name }) => name === port.name)) changes.push({ side, name: port.name, change: "removed", before: typeText(port), after: null, breaks: true, reason: side === "input" ? "Callers that send it are refused." : "Callers that read it find nothing." });
  }
  return changes;
};

const paramText = ({ type, shape }: MlflowParam): string => (shape === null ? type : `list of ${type}`);

const diffParams = (before: readonly MlflowParam[], after: readonly MlflowParam[]): SchemaChange[] => {
  const changes: SchemaChange[] = [];
  for (const param of after) {
    const old = before.find(({ name }) => name === param.name);
    if (!old) changes.push({ side: "param", name: param.name, change: "added", before: null, after: `${paramText(param)}, default ${param.default}`, breaks: false, reason: "Callers may send it; without it the default counts." });
    else if (paramText(old) !== paramText(param)) changes.push({ side: "param", name: param.name, change: "type", before: paramText(old), after: paramText(param), breaks: true, reason: "What callers send has another type." });
    else if (old.default !== param.default) changes.push({ side: "param", name: param.name, change: "default", before: old.default, after: param.default, breaks: false, reason: "Callers that leave it out get other answers." });
  }
  for (const param of before) if (!after.some(({ name }) => name === param.name)) changes.push({ side: "param", name: param.name, change: "removed", before: paramText(param), after: null, breaks: true, reason: "Callers that send it are refused or ignored." });
  return changes;
};

/**
 * Says what changes for callers when `after` takes the place of `before`, breaking changes first. Nothing can be said where
 * one of them has no signature.
 */
export const diffSchemas = (before: CallerView, after: CallerView): SchemaDiff => {
  const [old, fresh] = [before.signature, after.signature];
  if (!old || !fresh) return { verdict: "unknown", reason: !old && !fresh ? "Neither version has a signature." : "One of the versions has no signature.", changes: [] };
  const isFrame = old.form === "columns" && fresh.form === "columns";
  const changes = [...diffPorts("input", old.inputs, fresh.inputs, isFrame), ...diffPorts("output", old.outputs, fresh.outputs, isFrame), ...diffParams(before.params, after.params)];
  if (old.form !== undefined && fresh.form !== undefined && old.form !== fresh.form) changes.push({ side: "input", name: "", change: "form", before: old.form, after: fresh.form, breaks: true, reason: "Callers of /invocations send a data frame to one and tensors to the other." });
  changes.sort((a, b) => Number(b.breaks) - Number(a.breaks));
  const breaking = changes.filter(({ breaks }) => breaks).length;
  if (breaking > 0) return { verdict: "breaking", reason: `${breaking} ${breaking === 1 ? "change breaks" : "changes break"} callers.`, changes };
  return { verdict: "compatible", reason: changes.length === 0 ? "Inputs, outputs and parameters are the same." : "No change breaks callers.", changes };
};
