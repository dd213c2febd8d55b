"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { DataTable } from "@/components/patterns/data-table";
import { FilterBar } from "@/components/patterns/filter-bar";
import { PageHeader } from "@/components/patterns/page-header";
import { pollMs, pollWhile } from "@/components/patterns/polling";
import { EmptyState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { useFilters } from "@/components/patterns/use-filters";
import { Page } from "@/components/shell/page";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import type { Page as PageOf } from "@/lib/http/api-client";
import { type Model, promptOf, statusFilters, type VersionSummary } from "@/lib/registry";
import { DescriptionPanel } from "./description-panel";
import { RegisterButton } from "./models-screen";
import { describeModel, fetchModel, fetchModelVersions, registryKeys, type Rights, versionHref } from "./queries";
import { RegisterDialog } from "./register-dialog";
import { promptColumns, versionColumns } from "./version-columns";

export type ModelScreenProps = { workspace: string; model: Model; versions: PageOf<VersionSummary>; rights: Rights };

/** The versions of one model, or of a prompt: those are texts, so nothing of them is uploaded, inspected or served. */
export function ModelScreen({ workspace, model: given, versions, rights }: ModelScreenProps) {
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const key = registryKeys.model(workspace, given.name);
  const { data: model } = useQuery({ queryKey: key, queryFn: ({ signal }) => fetchModel(workspace, given.name, signal), initialData: given, ...pollWhile(true, pollMs.page) });
  const isPrompt = promptOf(model.tags) !== null;
  const filters = useFilters(["status", "alias"]);
  const query = { status: filters.values.status, alias: filters.values.alias };
  const list = useCursorList({
    queryKey: registryKeys.modelVersions(workspace, model.name, query),
    fetchPage: (cursor, signal) => fetchModelVersions(workspace, model.name, { ...query, cursor }, signal),
    initialPage: filters.active.length === 0 ? versions : undefined,
    refetchIntervalMs: 10_000,
  });
  const facets = [
    ...(isPrompt ? [] : [{ param: "status" as const, label: "Status", display: "chips" as const, options: statusFilters }]),
    ...(model.aliases.length > 0 ? [{ param: "alias" as const, label: "Alias", options: model.aliases.map(({ alias }) => ({ value: alias, label: alias })) }] : []),
  ];
  const onDescribe = async (description: string) => queries.setQueryData(key, await describeModel(workspace, model.name, description));
  return (
    <Page crumbs={[{ label: "Models", href: `/w/${workspace}/models` }, { label: model.name }]}>
      <PageHeader
        title={model.name}
        status={<>{isPrompt && <Tag>Prompt</Tag>}{model.aliases.map(({ alias, version }) => <Tag key={alias}>@{alias} v{version}</Tag>)}</>}
        meta={[{ label: "Versions", value: model.versionCount }, { label: "Created by", value: model.createdBy }, { label: "Changed", value: <Time value={model.updatedAt} /> }]}
        actions={!isPrompt && <RegisterButton blocked={rights.register} onOpen={() => setOpen(true)}>Register version</RegisterButton>}
      />
      <div className="mb-3.5 empty:hidden"><DescriptionPanel description={model.description} rights={rights} onSave={onDescribe} /></div>
      {facets.length > 0 && <FilterBar filters={filters} facets={facets} />}
      <DataTable
        label={`Versions of ${model.name}, newest first`}
        what="versions"
        rowKey={(version) => version.id}
        rowHref={(version) => versionHref(workspace, version.model, version.number)}
        filters={filters}
        columns={isPrompt ? promptColumns : versionColumns}
        columnChoice={!isPrompt}
        cards
        empty={isPrompt ? <EmptyState kind="never" title={`${model.name} has no version yet.`} code={{ code: `mlflow.genai.register_prompt(name=${JSON.stringify(model.name)}, template="…")`, label: "how prompts are registered" }} />
          : <EmptyState kind="never" icon="cube" title={`${model.name} has no version yet. Upload its files to register the first.`} />}
        {...list}
      />
      <RegisterDialog workspace={workspace} model={model.name} open={isOpen} onOpenChange={setOpen} />
    </Page>
  );
}
