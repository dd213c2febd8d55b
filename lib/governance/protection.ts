import type { PolicyDocument, Protection } from "./schema";

/**
 * The aliases and stages that an environment's policy protects. A policy that names none gets the default: production protects
 * `@champion` and the stage Production; staging its stage once it asks for approvals. Aliases that production endpoints name are
 * protected besides, whatever the policy says.
 */
export const protectionOf = (policy: PolicyDocument, environment: { name: string; isProduction: boolean }): Protection => {
  if (policy.protects) return policy.protects;
  if (environment.isProduction) return { aliases: ["champion"], stages: ["Production"] };
  return { aliases: [], stages: environment.name === "staging" && policy.approvals.minimum > 0 ? ["Staging"] : [] };
};
