import { describe, expect, it } from "vitest";

import { can, explainDenial, type Permission, permissions, problemOfRoles, roles, rolesWith, scopes } from "@/lib/identity";
import type { Actor, Role } from "@/lib/platform/context";

/** Written by hand from the contract, apart from the table under test: the roles that hold each right (a = administrator). */
const expected: Record<Permission, string> = {
  "model:read": "viewer contributor maintainer operator approver auditor",
  "model:write": "contributor maintainer",
  "artifact:read": "viewer contributor maintainer operator approver auditor",
  "artifact:write": "contributor maintainer",
  "run:read": "viewer contributor maintainer operator approver auditor",
  "run:write": "contributor maintainer",
  "evidence:write": "contributor maintainer",
  "alias:write": "maintainer",
  "endpoint:read": "viewer contributor maintainer operator approver auditor",
  "endpoint:write": "maintainer",
  "environment:read": "viewer contributor maintainer operator approver auditor admin",
  "environment:write": "maintainer",
  "policy:write": "maintainer",
  "request:read": "viewer contributor maintainer operator approver auditor",
  "request:create": "contributor maintainer",
  "request:decide": "approver",
  "rollout:read": "viewer contributor maintainer operator approver auditor",
  "rollout:execute": "operator",
  "monitor:read": "viewer contributor maintainer operator approver auditor",
  "monitor:write": "maintainer",
  "incident:read": "viewer contributor maintainer operator approver auditor",
  "incident:write": "maintainer operator",
  "prediction:read": "viewer contributor maintainer operator approver auditor",
  "label:write": "contributor maintainer operator",
  "webhook:manage": "maintainer admin",
  "workspace:write": "admin",
  "audit:read": "maintainer auditor admin",
  "member:read": "maintainer auditor admin",
  "member:write": "admin",
  "token:own": "viewer contributor maintainer operator approver admin",
  "token:read": "auditor admin",
  "token:write": "admin",
  "metrics:read": "maintainer operator auditor admin",
  predict: "contributor maintainer operator",
};

const person = (held: Role[], isAdmin = false): Actor => ({ kind: "user", id: "u", name: "n", email: "e", isAdmin, roles: held, groups: [], sessionId: "s", authTime: new Date(0) });
const token = (held: Role[], given: string[], isAdmin = false): Actor => ({ kind: "token", id: "t", name: "n", userId: "u", userName: "n", isAdmin, roles: held, scopes: given, endpointIds: [] });

describe("role × permission", () => {
  const cells = permissions.flatMap((permission) => roles.map((role) => ({ permission, role, allowed: expected[permission].split(" ").includes(role) })));
  it.each(cells)("$role $permission: $allowed", ({ permission, role, allowed }) => {
    expect(can(person([role]), permission)).toBe(allowed);
    expect(rolesWith(permission).includes(role)).toBe(allowed);
  });
  it.each(permissions.map((permission) => ({ permission, allowed: expected[permission].split(" ").includes("admin") })))("administrator alone $permission: $allowed", ({ permission, allowed }) => {
    expect(can(person([], true), permission)).toBe(allowed);
  });
});

describe("tokens", () => {
  it("never decide a request, whatever the scope and the owner", () => {
    for (const scope of scopes) expect(can(token([...roles], [scope], true), "request:decide")).toBe(false);
    expect(explainDenial(token(["approver"], ["admin"]), "request:decide")).toMatch(/sign in as a person/);
  });
  it("and people are told in words what they may not do, and who or what would let them", () => {
    expect(explainDenial(person(["viewer"]), "webhook:manage")).toMatch(/^Managing webhooks \(webhook:manage\) needs the role maintainer\b.* in this workspace; an administrator grants it/);
    expect(explainDenial(token(["contributor"], ["read"]), "model:write")).toMatch(/^Changing models \(model:write\) is outside of this token's scopes\. Create one with \w+/);
  });
  it("hold no right beyond their owner's", () => {
    for (const role of roles) {
      for (const scope of scopes) {
        for (const permission of permissions) if (can(token([role], [scope]), permission)) expect(can(person([role]), permission)).toBe(true);
      }
    }
  });
  it("hold no right beyond their scopes", () => {
    expect(can(token(["maintainer"], ["models:read"]), "model:read")).toBe(true);
    expect(can(token(["maintainer"], ["models:read"]), "model:write")).toBe(false);
    expect(can(token(["maintainer"], []), "model:read")).toBe(false);
    expect(can(token(["maintainer"], ["nonsense"]), "model:read")).toBe(false);
  });
});

describe("roles together", () => {
  it("an auditor holds no other role", () => {
    for (const role of roles.filter((other) => other !== "auditor")) expect(problemOfRoles(["auditor", role])).toBeDefined();
    expect(problemOfRoles(["auditor"])).toBeUndefined();
    expect(problemOfRoles(["viewer", "approver"])).toBeUndefined();
    expect(problemOfRoles([])).toBeDefined();
  });
  it("an auditor writes nothing", () => {
    const writes = permissions.filter((permission) => !permission.endsWith(":read"));
    for (const permission of writes) expect(can(person(["auditor"]), permission)).toBe(false);
  });
  it("the system decides no request", () => {
    expect(can({ kind: "system", name: "worker" }, "request:decide")).toBe(false);
    expect(can({ kind: "system", name: "worker" }, "rollout:execute")).toBe(true);
  });
});
