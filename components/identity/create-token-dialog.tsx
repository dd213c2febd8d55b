"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { messageOf } from "@/lib/core/errors";
import { api, apiPath, isApiProblem } from "@/lib/http/api-client";
import { offeredScopes, scopePresets, type Scope, type TokenCreate, type TokenView } from "@/lib/identity";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
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

const lifetimes = [7, 30, 90, 180, 365];

/** Creates a token: name, scopes, expiry, endpoints; then shows its secret, once. */
export function CreateTokenDialog({ workspace, open, onOpenChange, roles, isAdmin, endpoints, servers, boundTo }: CreateTokenDialogProps) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(boundTo ? ["predict"] : []);
  const [days, setDays] = useState(90);
  const [bound, setBound] = useState<string[]>(boundTo ? [boundTo.id] : []);
  const formId = useId();
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: () => api.post<{ token: TokenView; secret: string }>(apiPath(workspace, "tokens"), { name, scopes, expiresInDays: days, endpointIds: bound } satisfies TokenCreate),
    onSuccess: () => queries.invalidateQueries({ queryKey: identityKeys.tokens(workspace) }),
  });
  const close = (next: boolean) => {
    onOpenChange(next);
    if (next) return;
    setName("");
    setScopes([]);
    setBound([]);
    create.reset();
  };
  const toggle = <T,>(list: readonly T[], item: T, on: boolean): T[] => (on ? [...list, item] : list.filter((other) => other !== item));
  const reasonFor = (field: string) => (isApiProblem(create.error) ? create.error.reasonFor(field) : undefined);

  if (create.data) {
    return (
      <Dialog open={open} onOpenChange={close} size="md" title={`Token ${create.data.token.name}`} description="Copy it now." footer={<Button variant="primary" onClick={() => close(false)}>Done</Button>}>
        <TokenSecret {...create.data} workspace={workspace} servers={servers} />
      </Dialog>
    );
  }
  const offered = offeredScopes(roles, isAdmin);
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      size="md"
      title="Create a token"
      description="It acts for you, within its scopes. No token can approve a request."
      dismissible={!create.isPending}
      footer={
        <>
          <Button onClick={() => close(false)}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={create.isPending} pendingLabel="Creating…">Create token</Button>
        </>
      }
    >
      <form id={formId} className="grid gap-3" onSubmit={(event) => { event.preventDefault(); create.mutate(); }}>
        <div className="grid items-start gap-3 sm:grid-cols-[minmax(0,1fr)_140px]">
          <Field label="Name" required error={reasonFor("name")} hint="What uses it: training job, checkout service.">
            <Input value={name} onChange={(event) => setName(event.target.value)} required maxLength={100} autoComplete="off" />
          </Field>
          <Field label="Expires">
            <Select value={String(days)} onChange={(event) => setDays(Number(event.target.value))} options={lifetimes.map((value) => ({ value: String(value), label: `in ${value} days` }))} />
          </Field>
        </div>
        <fieldset>
          <legend className="pb-1 text-sm font-medium">Scopes</legend>
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
          {(scopes.length === 0 || reasonFor("scopes") !== undefined) && create.error && <p role="alert" className="mt-1 text-sm text-crit">{reasonFor("scopes") ?? "Choose at least one scope."}</p>}
        </fieldset>
        {endpoints.length > 0 && scopes.includes("predict") && (
          <fieldset>
            <legend className="pb-1 text-sm font-medium">Bound to endpoints <span className="font-normal text-fg-3">none chosen means all</span></legend>
            {endpoints.map((endpoint) => (
              <Checkbox key={endpoint.id} label={endpoint.name} hint={endpoint.environment} checked={bound.includes(endpoint.id)} onChange={(event) => setBound(toggle(bound, endpoint.id, event.target.checked))} />
            ))}
          </fieldset>
        )}
        {create.error && reasonFor("name") === undefined && reasonFor("scopes") === undefined && <Notice tone="crit" live title="Not created.">{messageOf(create.error)}</Notice>}
      </form>
    </Dialog>
  );
}
