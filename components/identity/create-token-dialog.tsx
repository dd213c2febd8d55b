"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, apiPath } from "@/lib/http/api-client";
import { offeredScopes, scopePresets, type Scope, type TokenCreate, type TokenView } from "@/lib/identity";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Field, FieldGroup } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input, Select } from "@/components/ui/input";
import { useSubmit } from "@/components/ui/use-submit";
import { identityKeys } from "./keys";
import type { RoleName } from "./role-fields";
import { type ServerAddresses, TokenSecret } from "./token-secret";

export type EndpointChoice = { id: string; name: string; environment: string };
export type CreateTokenDialogProps = {
  workspace: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  roles: readonly RoleName[];
  isAdmin: boolean;
  endpoints: readonly EndpointChoice[];
  servers: ServerAddresses;
  /** The endpoint that the token is for: proposed with the scope to call it. */
  boundTo?: EndpointChoice | undefined;
};

type Created = { token: TokenView; secret: string };
const lifetimes = [7, 30, 90, 180, 365];

/** Creates a token: name, scopes, expiry, endpoints; then shows its secret, once. */
export function CreateTokenDialog({ workspace, open, onOpenChange, roles, isAdmin, endpoints, servers, boundTo }: CreateTokenDialogProps) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(boundTo ? ["predict"] : []);
  const [days, setDays] = useState(90);
  const [bound, setBound] = useState<string[]>(boundTo ? [boundTo.id] : []);
  const [made, setMade] = useState<Created>();
  const queries = useQueryClient();
  const form = useSubmit({
    complaints: {
      name: name.trim() === "" ? "Give it a name." : undefined,
      scopes: scopes.length === 0 ? "Choose at least one scope." : undefined,
    },
    send: async () => {
      setMade(await api.post<Created>(apiPath(workspace, "tokens"), { name: name.trim(), scopes, expiresInDays: days, endpointIds: bound } satisfies TokenCreate));
      await queries.invalidateQueries({ queryKey: identityKeys.tokens(workspace) });
    },
  });
  const close = (next: boolean) => {
    onOpenChange(next);
    if (next) return;
    setName("");
    setScopes([]);
    setBound([]);
    setMade(undefined);
    form.reset();
  };
  const toggle = <T,>(list: readonly T[], item: T, on: boolean): T[] => (on ? [...list, item] : list.filter((other) => other !== item));

  if (made) {
    return (
      <Dialog open={open} onOpenChange={close} size="md" title={`Token ${made.token.name}`} description="Copy it now." footer={<Button variant="primary" onClick={() => close(false)}>Done</Button>}>
        <TokenSecret {...made} workspace={workspace} servers={servers} />
      </Dialog>
    );
  }
  const offered = offeredScopes(roles, isAdmin);
  return (
    <FormDialog
      form={form}
      open={open}
      onClose={() => close(false)}
      size="md"
      title="Create a token"
      description="It acts for you, within its scopes. No token can approve a request."
      submitLabel="Create token"
      pendingLabel="Creating…"
      failureTitle="Not created."
    >
      <div className="grid items-start gap-3 sm:grid-cols-[minmax(0,1fr)_140px]">
        <Field label="Name" required error={form.errorOf("name")} hint="What uses it: training job, checkout service.">
          <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={100} autoComplete="off" />
        </Field>
        <Field label="Expires">
          <Select value={String(days)} onChange={(event) => setDays(Number(event.target.value))} options={lifetimes.map((value) => ({ value: String(value), label: `in ${value} days` }))} />
        </Field>
      </div>
      <FieldGroup legend="Scopes" error={form.errorOf("scopes")}>
        <div className="mb-1.5 flex flex-wrap gap-1.5">
          {scopePresets.map((preset) => (
            <Button key={preset.label} size="sm" onClick={() => setScopes(preset.scopes.filter((scope) => offered.some((offer) => offer.scope === scope && offer.blocked === undefined)))}>{preset.label}</Button>
          ))}
        </div>
        <div className="grid gap-x-4 sm:grid-cols-2">
          {offered.map(({ scope, hint, blocked }) => (
            <Checkbox key={scope} label={<code className="text-sm">{scope}</code>} hint={blocked ?? hint} disabled={blocked !== undefined} checked={scopes.includes(scope)} onChange={(event) => setScopes(toggle(scopes, scope, event.target.checked))} />
          ))}
        </div>
      </FieldGroup>
      {endpoints.length > 0 && scopes.includes("predict") && (
        <FieldGroup legend={<>Bound to endpoints <span className="font-normal text-fg-3">none chosen means all</span></>}>
          {endpoints.map((endpoint) => (
            <Checkbox key={endpoint.id} label={endpoint.name} hint={endpoint.environment} checked={bound.includes(endpoint.id)} onChange={(event) => setBound(toggle(bound, endpoint.id, event.target.checked))} />
          ))}
        </FieldGroup>
      )}
    </FormDialog>
  );
}
