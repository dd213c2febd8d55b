"use client";

import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { problemOfRoles, roleHints, roles as allRoles, type MemberView } from "@/lib/identity";

export type RoleName = MemberView["roles"][number];
export type Access = { roles: RoleName[]; groups: string };

export const groupsOf = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter(Boolean).map((group) => group.toLowerCase()))];

/** Roles as checkboxes with what each is for, and groups as words. */
export function RoleFields({ value, onChange, groupsError }: { value: Access; onChange: (value: Access) => void; groupsError?: string | undefined }) {
  const toggle = (role: RoleName, on: boolean) => onChange({ ...value, roles: on ? [...value.roles, role] : value.roles.filter((held) => held !== role) });
  const problem = value.roles.length > 0 ? problemOfRoles(value.roles) : undefined;
  return (
    <div className="grid gap-3">
      <fieldset>
        <legend className="pb-1 text-sm font-medium">Roles</legend>
        {allRoles.map((role) => (
          <Checkbox key={role} label={role} hint={roleHints[role]} checked={value.roles.includes(role)} onChange={(event) => toggle(role, event.target.checked)} />
        ))}
        {problem !== undefined && <p role="alert" className="mt-1 text-sm text-crit">{problem}</p>}
      </fieldset>
      <Field label="Groups" optional hint="Policies may ask for an approver of a group: risk, engineering." error={groupsError}>
        <Input value={value.groups} onChange={(event) => onChange({ ...value, groups: event.target.value })} placeholder="risk, engineering" autoComplete="off" />
      </Field>
    </div>
  );
}
