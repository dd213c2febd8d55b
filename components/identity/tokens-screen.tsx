"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { api, apiPath, type Page } from "@/lib/http/api-client";
import { tokenStatus, type TokenView } from "@/lib/identity";
import { DataTable } from "@/components/patterns/data-table";
import { FilterBar } from "@/components/patterns/filter-bar";
import { PageHeader } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { useFilters } from "@/components/patterns/use-filters";
import { Button } from "@/components/ui/button";
import { Status } from "@/components/ui/chip";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import { notify } from "@/components/ui/toaster";
import { CreateTokenDialog, type EndpointChoice } from "./create-token-dialog";
import { identityKeys } from "./keys";
import type { RoleName } from "./role-fields";
import { SettingsFrame, type SettingsTab } from "./settings-frame";
import type { ServerAddresses } from "./token-secret";

export type TokensScreenProps = {
  workspace: string;
  tabs: readonly SettingsTab[];
  tokens: Page<TokenView>;
  ownId: string;
  roles: readonly RoleName[];
  isAdmin: boolean;
  canCreate: boolean;
  /** Why not, when `canCreate` is false. */
  blocked: string;
  canRevokeAll: boolean;
  endpoints: readonly EndpointChoice[];
  servers: ServerAddresses;
};

const titleOf = (rows: readonly TokenView[], hasMore: boolean): string => {
  const active = rows.filter(({ status }) => status === "active").length;
  return active === 0 ? "No active token" : `${active}${hasMore ? " or more" : ""} active ${active === 1 && !hasMore ? "token" : "tokens"}`;
};

export function TokensScreen({ workspace, tabs, tokens, ownId, roles, isAdmin, canCreate, blocked, canRevokeAll, endpoints, servers }: TokensScreenProps) {
  const filters = useFilters(["q", "status"]);
  const queries = useQueryClient();
  const search = useSearchParams();
  const bound = endpoints.find(({ id }) => id === search.get("endpoint"));
  const [creating, setCreating] = useState(canCreate && bound !== undefined);
  const [revoked, setRevoked] = useState<TokenView>();
  const list = useCursorList<TokenView>({
    queryKey: [...identityKeys.tokens(workspace), filters.values],
    fetchPage: (cursor, signal) => api.get(apiPath(workspace, "tokens"), { query: { ...filters.values, cursor }, signal }),
    initialPage: filters.active.length === 0 ? tokens : undefined,
  });
  const revoke = async (token: TokenView) => {
    await api.delete(apiPath(workspace, "tokens", token.id));
    notify.done(`Token ${token.name} was revoked`);
    await queries.invalidateQueries({ queryKey: identityKeys.tokens(workspace) });
  };
  const create = canCreate && <Button variant="primary" icon="plus" onClick={() => setCreating(true)}>Create a token</Button>;
  const header = <PageHeader title={titleOf(filters.active.length === 0 ? (list.rows ?? tokens.items) : tokens.items, list.hasMore)} lead={canCreate ? "Programs sign in with tokens; each acts for its owner, within its scopes, until it expires." : blocked} actions={create} />;
  return (
    <SettingsFrame workspace={workspace} current="tokens" tabs={tabs} header={header}>
      <FilterBar filters={filters} search={{ param: "q", placeholder: "Filter by name or owner" }} facets={[{ param: "status", label: "Status", options: [{ value: "active", label: "Active" }, { value: "expired", label: "Expired" }, { value: "revoked", label: "Revoked" }] }]} />
      <DataTable<TokenView>
        {...list}
        label="Tokens, newest first"
        what="tokens"
        rowKey={(token) => token.id}
        rowHeight={52}
        cards
        filters={filters}
        empty={<EmptyState kind="never" title="No token yet" action={create} code={{ label: "MLflow configuration", code: `export MLFLOW_TRACKING_URI=${servers.console}\nexport MLFLOW_TRACKING_TOKEN=slp_…` }}>Point the MLflow client at Slipway with a token.</EmptyState>}
        columns={[
          { id: "name", header: "Token", width: "200px", phone: "full", cell: (token) => <span className="min-w-0"><span className="block font-medium">{token.name}</span><code className="text-sm text-fg-3">{token.displayPrefix}…</code></span> },
          { id: "owner", header: "Owner", cell: (token) => <>{token.owner.name}{token.owner.id === ownId && <span className="text-fg-3"> (you)</span>}</> },
          { id: "scopes", header: "Scopes", phone: "full", cell: (token) => <Scopes token={token} endpoints={endpoints} /> },
          { id: "used", header: "Last used", cell: (token) => (token.lastUsedAt === null ? <span className="text-fg-3">never</span> : <Time value={token.lastUsedAt} />) },
          { id: "expires", header: "Expires", cell: (token) => <Time value={token.expiresAt} /> },
          { id: "status", header: "Status", cell: (token) => <Status status={tokenStatus(token)} /> },
          { id: "actions", header: "Actions", headerHidden: true, align: "right", width: "90px", phone: "bare", cell: (token) => token.status === "active" && (canRevokeAll || token.owner.id === ownId) && <Button size="sm" variant="danger-text" onClick={() => setRevoked(token)} aria-label={`Revoke ${token.name}`}>Revoke</Button> },
        ]}
      />
      <CreateTokenDialog workspace={workspace} open={creating} onOpenChange={setCreating} roles={roles} isAdmin={isAdmin} endpoints={endpoints} servers={servers} boundTo={bound} />
      {revoked && (
        <ConfirmDialog
          open
          onOpenChange={() => setRevoked(undefined)}
          question={`Revoke ${revoked.name}?`}
          now={`active, ${revoked.scopes.length} scopes`}
          after="refused everywhere"
          afterIn="within 10 s at the gateway"
          reaches={`Every program that uses ${revoked.displayPrefix}…`}
          wayBack="Create a new token and put it in place."
          confirmLabel="Revoke token"
          pendingLabel="Revoking…"
          cancelLabel="Keep"
          onConfirm={() => revoke(revoked)}
        />
      )}
    </SettingsFrame>
  );
}

function Scopes({ token, endpoints }: { token: TokenView; endpoints: readonly EndpointChoice[] }) {
  const shown = token.scopes.includes("admin") ? (["admin"] as const) : token.scopes.slice(0, 4);
  const bound = token.endpointIds.map((id) => endpoints.find((endpoint) => endpoint.id === id)?.name ?? id);
  return (
    <span className="flex flex-wrap items-center gap-1">
      {shown.map((scope) => <Tag key={scope} mono>{scope}</Tag>)}
      {shown.includes("admin") ? <span className="text-sm text-fg-3">everything that its owner may do</span> : token.scopes.length > shown.length && <span className="text-sm text-fg-3" title={token.scopes.slice(4).join(", ")}>and {token.scopes.length - shown.length} more</span>}
      {bound.length > 0 && <span className="text-sm text-fg-3">only {bound.join(", ")}</span>}
    </span>
  );
}
