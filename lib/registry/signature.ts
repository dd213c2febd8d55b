import { isAppError } from "@/lib/core/errors";
import { featuresOf, type Finding, type Signature } from "@/lib/inspection";

import type { Declared, SignaturePort, StoredSignature } from "./schema";

export type MergedSignature = { signature: StoredSignature; findings: Finding[] };

const refuse = (code: string, message: string): Finding => ({ code, severity: "refuse", path: "", message });

/**
 * Joins what the inspection found with what the registrant declared: names of the columns of the inputs, and which inputs,
 * outputs or columns are sensitive. A declaration that doesn't fit the model is a finding that refuses the version: a
 * misspelt sensitive name would otherwise let its values into the log.
 */
export const mergeSignature = (found: Signature, declared: Declared): MergedSignature => {
  const findings: Finding[] = [];
  const features = nameFeatures(found, declared, findings);
  const inputs: SignaturePort[] = found.inputs.map((port) => {
    const own = features.filter(({ input }) => input === port.name);
    const isNamed = own.length > 0 && own.some(({ name, index }) => name !== port.name && name !== `${port.name}[${index}]`);
    return { ...port, ...(isNamed ? { features: own.map(({ name }) => name) } : {}) };
  });
  const outputs: SignaturePort[] = found.outputs.map((port) => ({ ...port }));
  for (const name of declared.sensitive ?? []) {
    const port = [...inputs, ...outputs].find((candidate) => candidate.name === name);
    const feature = features.find((candidate) => candidate.name === name);
    const owner = feature && inputs.find((candidate) => candidate.name === feature.input);
    if (port) port.sensitive = true;
    else if (feature && owner) markColumn(owner, feature.index);
    else findings.push(refuse("signature.sensitive_unknown", `"${name}" is declared sensitive, but the model has no input, output or feature of that name (${listNames(inputs, outputs)}). Register the version again with the right name.`));
  }
  return { signature: { inputs, outputs, ...(found.form && { form: found.form }), ...(found.params && { params: found.params }) }, findings };
};

const nameFeatures = (found: Signature, { featureNames }: Declared, findings: Finding[]) => {
  try {
    return featuresOf(found, featureNames);
  } catch (error) {
    if (!isAppError(error) || error.kind !== "invalid") throw error;
    findings.push(refuse("signature.feature_names", `${error.message} Register the version again with the right names.`));
    return featuresOf(found);
  }
};

const markColumn = (port: SignaturePort, index: number): void => {
  if (port.sensitive === true) return;
  port.sensitive = [...new Set([...(port.sensitive ?? []), index])].sort((a, b) => a - b);
};

const listNames = (inputs: SignaturePort[], outputs: SignaturePort[]): string => `it has ${[...inputs, ...outputs].map(({ name }) => name).slice(0, 12).join(", ")}`;
