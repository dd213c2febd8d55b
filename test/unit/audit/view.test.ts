import { describe, expect, it } from "vitest";

import { actorLabel, changeRows, changeSummary, sequenceLabel } from "@/lib/audit";

describe("change of an event", () => {
  it("is listed path by path, without what stayed", () => {
    expect(changeRows({ before: { weight: { canary: 10 }, step: 3, name: "x" }, after: { weight: { canary: 25 }, step: 4, name: "x", salt: "s" } })).toEqual([
      { path: "weight.canary", before: "10", after: "25" },
      { path: "step", before: "3", after: "4" },
      { path: "salt", before: undefined, after: "s" },
    ]);
    expect(changeRows(null)).toEqual([]);
    expect(changeRows({ after: { roles: ["viewer", "approver"], groups: [] } })).toEqual([{ path: "roles", before: undefined, after: "viewer, approver" }, { path: "groups", before: undefined, after: "none" }]);
  });
  it("is summed up by what tells most", () => {
    const event = { reason: null, because: null };
    expect(changeSummary({ ...event, change: { before: { weight: 10 }, after: { at: "2026-01-01T00:00:00Z", weight: 25 } } })).toBe("weight 10 → 25, 1 more");
    expect(changeSummary({ ...event, change: { after: { groups: [], expiresAt: "2026-01-01T00:00:00Z", roles: ["viewer"] } } })).toBe("roles viewer, 2 more");
    expect(changeSummary({ ...event, change: null, because: "wrong password" })).toBe("wrong password");
    expect(changeSummary({ ...event, change: null })).toBe("");
  });
});

describe("words", () => {
  it("name who acted, also when erased, and claim no proof", () => {
    expect(actorLabel({ type: "user", id: "u", name: null, onBehalfOf: null })).toBe("Erased person");
    expect(actorLabel({ type: "token", id: "t", name: "ci", onBehalfOf: { id: "u", name: "Teo" } })).toBe("Teo · ci");
    expect(actorLabel({ type: "system", id: null, name: "rollout engine", onBehalfOf: null })).toBe("rollout engine");
    expect([sequenceLabel(null), sequenceLabel(7)]).toEqual(["being numbered", "numbered #7"]);
  });
});
