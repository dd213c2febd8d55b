import { describe, expect, it } from "vitest";

import { blockersOf, type CheckFacts, evaluateChecks } from "@/lib/governance/checks";
import { type RequestFacts, statusAfter, whyNotDecide } from "@/lib/governance/decide";
import type { PolicyCheck, PolicyDocument } from "@/lib/governance/schema";

const evaluation: PolicyCheck = { key: "evaluation", title: "Evaluation against champion", required: true, metric: "accuracy", minRows: 300, maxLoss: 0.02 };
const checks: PolicyCheck[] = [{ key: "inspection", title: "Inspection", required: true }, evaluation, { key: "model_card", title: "Model card", required: true, sections: ["details", "limitations"] }];
const policy: PolicyDocument = { checks, approvals: { minimum: 1, groups: [], excludeRequester: true, excludeContributors: false }, requestExpiresDays: 14, approvalValidDays: 30 };

const metric = (value: number, n = 378) => ({ name: "accuracy", value, lower: value - 0.02, upper: value + 0.02, n });
const document = (patch: object = {}) => ({ kind: "evaluation", schemaVersion: 1, dataset: { name: "held-out", digest: `sha256:${"a".repeat(64)}`, rows: 378 }, metrics: [metric(0.97)], producer: { name: "train.py" }, ...patch });
const baseline = (version: number | undefined, lower: number) => ({ model: "digits", metrics: [metric(0.94)], difference: { name: "accuracy", value: 0.03, lower, upper: 0.05, n: 378 }, ...(version === undefined ? {} : { version }) });
const item = (kind: string, value: unknown) => ({ id: kind, kind, name: "default", document: value, createdBy: "Teo" });
const clean: CheckFacts["inspection"] = { verdict: "clean", status: "done", inspector: "onnx 1", problems: [] };
const facts = (patch: Partial<CheckFacts>): CheckFacts => ({ versionNumber: 2, inspection: clean, evidence: [], champion: { number: 1 }, ...patch });
const statusOf = (given: Partial<CheckFacts>, key: string) => evaluateChecks(checks, facts(given)).find((check) => check.key === key)?.status;

describe("evaluateChecks", () => {
  it("calls what is absent missing, never passed", () => {
    const views = evaluateChecks(checks, facts({ inspection: null }));
    expect(views.map((check) => check.status)).toEqual(["MISSING", "MISSING", "MISSING"]);
    expect(blockersOf(views)).toContain("Model card");
  });
  it.each([
    ["better than the champion", [item("evaluation", document({ baseline: baseline(1, 0.005) }))], "PASS"],
    ["compared with another version than today's champion", [item("evaluation", document({ baseline: baseline(7, 0.005) }))], "FAIL"],
    ["compared with a version that it does not name", [item("evaluation", document({ baseline: baseline(undefined, 0.005) }))], "FAIL"],
    ["not compared at all", [item("evaluation", document())], "FAIL"],
    ["possibly worse by more than the policy allows", [item("evaluation", document({ baseline: baseline(1, -0.03) }))], "FAIL"],
    ["on too few rows", [item("evaluation", document({ metrics: [metric(0.99, 120)], baseline: baseline(1, 0.005) }))], "FAIL"],
    ["without the metric", [item("evaluation", document({ metrics: [{ ...metric(0.99), name: "f1" }] }))], "FAIL"],
  ])("judges an evaluation %s", (_, evidence, expected) => {
    expect(statusOf({ evidence }, "evaluation")).toBe(expected);
  });
  it("asks for no comparison while there is no champion", () => {
    expect(statusOf({ evidence: [item("evaluation", document())], champion: null }, "evaluation")).toBe("PASS");
  });
  it("fails a refused or unverified file and repeats the reason", () => {
    const views = evaluateChecks(checks, facts({ inspection: { verdict: "refused", status: "done", inspector: "onnx 1", problems: ["This is a pickle."] } }));
    expect(views[0]).toMatchObject({ status: "FAIL", finding: "This is a pickle." });
  });
  it("names the sections that a model card lacks", () => {
    expect(statusOf({ evidence: [item("model_card", { kind: "model_card", details: { name: "d" }, limitations: [] })] }, "model_card")).toBe("FAIL");
    expect(statusOf({ evidence: [item("model_card", { kind: "model_card", details: { name: "d" }, limitations: ["blurry scans"] })] }, "model_card")).toBe("PASS");
  });
});

const request = (patch: Partial<RequestFacts> = {}): RequestFacts => ({ status: "OPEN", requestedBy: "teo", contributorIds: ["mara"], policy, reviews: [], ...patch });
const person = (userId: string, patch: object = {}) => ({ userId, roles: ["approver"], groups: [] as string[], ...patch });

describe("whyNotDecide", () => {
  it("lets an approver decide who neither requested nor decided", () => {
    expect(whyNotDecide(request(), person("ines"))).toBeNull();
  });
  it.each([
    ["the requester", request(), person("teo")],
    ["somebody without the role", request(), person("ines", { roles: ["maintainer"] })],
    ["somebody who decided already", request({ reviews: [{ reviewerId: "ines", decision: "approve", groups: [] }] }), person("ines")],
    ["anybody once it is closed", request({ status: "REJECTED" }), person("ines")],
    ["a contributor where the policy excludes them", request({ policy: { ...policy, approvals: { ...policy.approvals, excludeContributors: true } } }), person("mara")],
    ["an outsider of the groups asked for", request({ policy: { ...policy, approvals: { ...policy.approvals, groups: ["risk"] } } }), person("ines")],
  ])("stops %s", (_, given, who) => {
    expect(whyNotDecide(given, who)).not.toBeNull();
  });
});

describe("statusAfter", () => {
  const yes = (groups: string[] = []) => ({ reviewerId: groups.join(), decision: "approve", groups });
  it("needs the minimum and one of each group, and one rejection decides", () => {
    const two = { ...policy, approvals: { ...policy.approvals, minimum: 2, groups: ["risk", "engineering"] } };
    expect(statusAfter(two, [yes(["risk"])])).toBe("OPEN");
    expect(statusAfter(two, [yes(["risk"]), yes(["risk"])])).toBe("OPEN");
    expect(statusAfter(two, [yes(["risk"]), yes(["engineering"])])).toBe("APPROVED");
    expect(statusAfter(two, [yes(["risk"]), yes(["engineering"]), { reviewerId: "x", decision: "reject", groups: [] }])).toBe("REJECTED");
  });
});
