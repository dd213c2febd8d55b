import { describe, expect, it } from "vitest";

import { fromDraft, toDraft } from "@/components/governance/policy-draft";
import { protectionOf } from "@/lib/governance/protection";
import { PolicyDocument } from "@/lib/governance/schema";

const document = (minimum: number, protects?: PolicyDocument["protects"]): PolicyDocument =>
  PolicyDocument.parse({ checks: [], approvals: { minimum, groups: [], excludeRequester: true, excludeContributors: false }, requestExpiresDays: 14, approvalValidDays: 30, ...(protects ? { protects } : {}) });
const production = { name: "production", isProduction: true };

describe("what a policy protects", () => {
  it.each([
    ["production by default", document(1), production, { aliases: ["champion"], stages: ["Production"] }],
    ["production without approvals too", document(0), production, { aliases: ["champion"], stages: ["Production"] }],
    ["staging that asks for approvals", document(1), { name: "staging", isProduction: false }, { aliases: [], stages: ["Staging"] }],
    ["staging that does not", document(0), { name: "staging", isProduction: false }, { aliases: [], stages: [] }],
    ["development", document(1), { name: "development", isProduction: false }, { aliases: [], stages: [] }],
    ["what it names", document(1, { aliases: ["gold"], stages: [] }), production, { aliases: ["gold"], stages: [] }],
  ])("%s", (_, policy, environment, expected) => {
    expect(protectionOf(policy, environment)).toEqual(expected);
  });

  it("comes out of the form as it went in, with the default made plain", () => {
    const draft = toDraft({ document: document(1), protects: protectionOf(document(1), production) });
    expect(fromDraft(draft)).toEqual({ document: { ...document(1), protects: { aliases: ["champion"], stages: ["Production"] } } });
    expect(fromDraft({ ...draft, aliases: "@gold, silver", stages: [] }).document?.protects).toEqual({ aliases: ["gold", "silver"], stages: [] });
    expect(Object.keys(fromDraft({ ...draft, aliases: "not an alias" }).problems ?? {})).toEqual(["protects.aliases.0"]);
  });
});
