"use client";

import { Checkbox } from "@/components/ui/choice";
import { Field, FieldGroup } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { ApiProblem } from "@/lib/http/api-client";
import { problemOfRoles, roleHints, roles as allRoles, type MemberView } from "@/lib/identity";

export type RoleName = MemberView["roles"][number];
export type Access = { roles: RoleName[]; groups: string };

export const groupsOf = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter(Boolean).map((group) => group.toLowerCase()))];

type AccessField = "roles" | "groups";
export const accessFields: readonly AccessField[] = ["roles", "groups"];

/** What a refusal says of a field: groups are named one by one ("groups.0"). */
export const accessReason = (problem: ApiProblem, field: string): string | undefined => problem.reasonFor(field) ?? (field === "groups" ? problem.invalidParams.find(({ name }) => name.startsWith("groups"))?.reason : undefined);

/** Roles as checkboxes with what each is for, and groups as words. */
export function RoleFields({ value, onChange, errorOf }: { value: Access; onChange: (value: Access) => void; errorOf: (field: AccessField) => string | undefined }) {
  const toggle = (role: RoleName, on: boolean) => onChange({ ...value, roles: on ? [...value.roles, role] : value.roles.filter((held) => held !== role) });
  const problem = value.roles.length > 0 ? problemOfRoles(value.roles) : undefined;
  return (
    <div className="grid gap-3">
      <FieldGroup legend="Roles" error={problem ?? errorOf("roles")}>
        {allRoles.map((role) => (
          <Checkbox key={role} label={role} hint={roleHints[role]} checked={value.roles.includes(role)} onChange={(event) => toggle(role, event.target.checked)} />
        ))}
      </FieldGroup>
      <Field label="Groups" optional hint="Policies may ask for an approver of a group: risk, engineering." error={errorOf("groups")}>
        <Input value={value.groups} onChange={(event) => onChange({ ...value, groups: event.target.value })} placeholder="risk, engineering" autoComplete="off" />
      </Field>
    </div>
  );
}
