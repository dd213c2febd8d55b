"use client";

import { useSearchParams } from "next/navigation";
import { type ReactNode, useState } from "react";
import { DataTable } from "@/components/patterns/data-table";
import type { Column } from "@/components/patterns/data-table-row";
import { FilterBar } from "@/components/patterns/filter-bar";
import { PageHeader } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { useFilters } from "@/components/patterns/use-filters";
import { Page } from "@/components/shell/page";
import { Button } from "@/components/ui/button";
import { capitalize } from "@/components/ui/format";
import { SegmentedLinks } from "@/components/ui/segmented";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import type { Page as PageOf } from "@/lib/http/api-client";
import { type Model, statusFilters, type VersionSummary } from "@/lib/registry";
import { fetchModels, fetchVersions, modelHref, registryKeys, type Rights, versionHref } from "./queries";
import { RegisterDialog } from "./register-dialog";
import { versionColumns, VersionStatus } from "./version-columns";

export type ModelsScreenProps = {
  workspace: string;
  rights: Rights;
  /** First page of what the URL asks for. */
  models?: PageOf<Model> | undefined;
  versions?: PageOf<VersionSummary> | undefined;
  prompts?: PageOf<Model> | undefined;
  mlflowUrl: string;
};

/** All models, all versions of all models, or all prompts, with what needs a look first in the title. */
export function ModelsScreen({ workspace, rights, models, versions, prompts, mlflowUrl }: ModelsScreenProps) {
  const [isOpen, setOpen] = useState(false);
  const view = useSearchParams().get("view");
  return (
    <Page crumbs={[{ label: "Models" }]}>
      {view === "prompts" ? <PageHeader title={countOf(prompts, "prompt")} lead="Each version is a text, which the MLflow client registers and reads." /> : (
        <PageHeader
          title={titleOf(models)}
          lead="Each version is frozen when it is registered, then inspected without being run."
          actions={<RegisterButton blocked={rights.register} onOpen={() => setOpen(true)}>Register model</RegisterButton>}
        />
      )}
      <div className="mb-2.5"><SegmentedLinks label="Show" param="view" segments={[{ value: "models", label: "Models" }, { value: "versions", label: "All versions" }, { value: "prompts", label: "Prompts" }]} /></div>
      {view === "versions" ? <VersionsTable workspace={workspace} initialPage={versions} />
        : view === "prompts" ? <ModelsTable key="prompts" workspace={workspace} kind="prompt" initialPage={prompts} empty={<EmptyState kind="never" title="No prompt yet: the MLflow client registers them." code={{ code: 'mlflow.genai.register_prompt(name="summary", template="Summarise {{text}}.")', label: "how prompts are registered" }} />} />
        : <ModelsTable key="models" workspace={workspace} kind="model" initialPage={models} empty={<EmptyState kind="never" icon="cube" title="Register the first model: upload an ONNX file here, or point the MLflow client at Slipway." action={rights.register === undefined && <Button icon="plus" onClick={() => setOpen(true)}>Register model</Button>} code={{ code: example(mlflowUrl), label: "With the MLflow client" }} />} />}
      <RegisterDialog workspace={workspace} open={isOpen} onOpenChange={setOpen} />
    </Page>
  );
}

/** How many the first page holds: "No prompts yet", "50+ prompts". */
const countOf = (page: PageOf<Model> | undefined, one: string): string => {
  if (!page) return capitalize(`${one}s`);
  return page.items.length === 0 ? `No ${one}s yet` : `${page.items.length}${page.nextCursor === null ? "" : "+"} ${page.items.length === 1 ? one : `${one}s`}`;
};

/** The finding of the first page: what was refused or could not be checked, else how many there are. */
const titleOf = (models: PageOf<Model> | undefined): string => {
  const troubled = (models?.items ?? []).filter(({ latestVersion }) => latestVersion?.state === "refused" || latestVersion?.state === "unverified").length;
  if (models && troubled > 0) return `${troubled} of ${models.items.length}${models.nextCursor === null ? "" : "+"} models ${troubled === 1 ? "needs" : "need"} a look`;
  return models && models.items.length > 0 ? `${countOf(models, "model")}, none refused` : countOf(models, "model");
};

export function RegisterButton({ blocked, onOpen, children }: { blocked: string | undefined; onOpen: () => void; children: string }) {
  return (
    <span className="grid justify-items-end gap-1">
      <Button variant="primary" icon="plus" disabled={blocked !== undefined} onClick={onOpen}>{children}</Button>
      {blocked !== undefined && <span className="max-w-72 text-right text-sm text-fg-3">{blocked}</span>}
    </span>
  );
}

const example = (url: string): string => `export MLFLOW_TRACKING_URI=${url}
export MLFLOW_TRACKING_TOKEN=slp_…   # Settings, Tokens
python -c 'import mlflow; mlflow.onnx.log_model(model, name="model", registered_model_name="digits")'`;

const modelEnds: Column<Model>[] = [
  { id: "aliases", header: "Aliases", phone: "hide", cell: ({ aliases }) => <span className="flex flex-wrap gap-1">{aliases.map(({ alias, version }) => <Tag key={alias}>@{alias} v{version}</Tag>)}</span> },
  { id: "versions", header: "Versions", align: "right", width: "92px", cell: (model) => model.versionCount },
  { id: "updated", header: "Changed", align: "right", width: "120px", cell: (model) => <Time value={model.updatedAt} /> },
];

const columnsOf = (header: string, latest: Omit<Column<Model>, "id" | "header" | "cell">, describe: (version: VersionSummary) => ReactNode): Column<Model>[] => [
  { id: "name", header, link: true, phone: "full", cell: ({ name }) => <span className="font-medium [overflow-wrap:anywhere]">{name}</span> },
  { id: "latest", header: "Newest version", ...latest, cell: ({ latestVersion }) => (latestVersion ? describe(latestVersion) : <span className="text-fg-3">none yet</span>) },
  ...modelEnds,
];

/** Prompts are registered models without files, so that nothing of them is inspected. */
const kinds = {
  model: { what: "models", columns: columnsOf("Model", { phone: "bare" }, (version) => <span className="inline-flex items-center gap-2">v{version.number} <VersionStatus version={version} /></span>) },
  prompt: { what: "prompts", columns: columnsOf("Prompt", { width: "140px" }, ({ number }) => `v${number}`) },
};

function ModelsTable({ workspace, kind, initialPage, empty }: { workspace: string; kind: keyof typeof kinds; initialPage: PageOf<Model> | undefined; empty: ReactNode }) {
  const { what, columns } = kinds[kind];
  const filters = useFilters(["q"]);
  const { q } = filters.values;
  const list = useCursorList({ queryKey: registryKeys.models(workspace, kind, q), fetchPage: (cursor, signal) => fetchModels(workspace, { q, cursor, kind }, signal), initialPage: q === undefined ? initialPage : undefined, refetchIntervalMs: 15_000 });
  return (
    <>
      <FilterBar filters={filters} search={{ param: "q", placeholder: `Filter ${what} by name` }} />
      <DataTable label={`${capitalize(what)}, last changed first`} what={what} rowKey={({ id }) => id} rowHref={({ name }) => modelHref(workspace, name)} filters={filters} cards columns={columns} empty={empty} {...list} />
    </>
  );
}

function VersionsTable({ workspace, initialPage }: { workspace: string; initialPage: PageOf<VersionSummary> | undefined }) {
  const filters = useFilters(["q", "status", "alias"]);
  const { q, status, alias } = filters.values;
  const query = { q, status, alias };
  const list = useCursorList({ queryKey: registryKeys.versions(workspace, query), fetchPage: (cursor, signal) => fetchVersions(workspace, { ...query, cursor }, signal), initialPage: filters.active.length === 0 ? initialPage : undefined, refetchIntervalMs: 15_000 });
  return (
    <>
      <FilterBar
        filters={filters}
        search={{ param: "q", placeholder: "Filter versions by model" }}
        facets={[
          { param: "status", label: "Status", display: "chips", options: statusFilters },
          { param: "alias", label: "Alias", options: [{ value: "champion", label: "champion" }, { value: "challenger", label: "challenger" }] },
        ]}
      />
      <DataTable label="Versions, newest first" what="versions" rowKey={(version) => version.id} rowHref={(version) => versionHref(workspace, version.model, version.number)} filters={filters} columns={versionColumns} columnChoice cards empty={<EmptyState kind="never" icon="cube" title="No version is registered yet." />} {...list} />
    </>
  );
}
