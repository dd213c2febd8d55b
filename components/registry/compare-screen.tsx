import { FieldDiff, type FieldChange } from "@/components/patterns/diff";
import { PageHeader, Pair, Stack } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { Page } from "@/components/shell/page";
import { ButtonLink } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Digest } from "@/components/ui/digest";
import { formatBytes, formatFigure } from "@/components/ui/format";
import { TextLink } from "@/components/ui/link";
import { Panel, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { VersionComparison } from "@/lib/registry";
import { compareHref, modelHref, versionHref } from "./queries";
import { SchemaChanges, schemaView } from "./schema-changes";

const textOf = (value: string | null) => (value === null ? <span className="text-fg-3">none</span> : <code>{value}</code>);
const numberOf = (value: number | string | null) => (value === null ? <span className="text-fg-3">none</span> : formatFigure(Number(value)));
const wordOf = ({ before, after }: { before: unknown; after: unknown }): string => (before === null ? "added" : after === null ? "removed" : before === after ? "same" : "changed");

const textRows = (pairs: readonly { name: string; before: string | null; after: string | null }[]): FieldChange[] =>
  pairs.map((pair) => ({ key: pair.name, label: <code>{pair.name}</code>, before: textOf(pair.before), after: textOf(pair.after), change: wordOf(pair), same: pair.before === pair.after }));
const metricRows = (pairs: VersionComparison["metrics"]): FieldChange[] =>
  pairs.map((pair) => ({
    key: pair.name,
    label: pair.name,
    before: numberOf(pair.before),
    after: numberOf(pair.after),
    change: typeof pair.before === "number" && typeof pair.after === "number" && pair.before !== pair.after ? formatFigure(pair.after - pair.before, true) : wordOf(pair),
    same: pair.before === pair.after,
  }));

const differing = (count: number): string => (count === 1 ? "1 differs" : `${count} differ`);

/** Two versions side by side: what callers notice first, then what they are made of. */
export function CompareScreen({ workspace, comparison }: { workspace: string; comparison: VersionComparison }) {
  const { model, a, b, schema, flavors, packages, samePackages, metrics, params, files, sameFiles } = comparison;
  const labels = { beforeLabel: `v${a.number}`, afterLabel: `v${b.number}` };
  const link = (number: number) => <TextLink href={versionHref(workspace, model, number)}>v{number}</TextLink>;
  const view = schemaView(schema.verdict);
  return (
    <Page crumbs={[{ label: "Models", href: `/w/${workspace}/models` }, { label: model, href: modelHref(workspace, model) }, { label: `v${a.number} and v${b.number}` }]}>
      <PageHeader
        title={schema.verdict === "breaking" ? `v${b.number} breaks callers of v${a.number}` : schema.verdict === "unknown" ? `v${a.number} and v${b.number} of ${model}` : `v${b.number} takes what v${a.number} took`}
        status={<Chip tone={view.tone} icon={view.icon}>{view.word}</Chip>}
        lead={schema.reason}
        meta={[
          { label: "From", value: link(a.number) },
          { label: "registered", value: <><Time value={a.createdAt} /> by {a.createdBy}, {formatBytes(a.totalSize)}</> },
          { label: "To", value: link(b.number) },
          { label: "registered", value: <><Time value={b.createdAt} /> by {b.createdBy}, {formatBytes(b.totalSize)}</> },
        ]}
        actions={<ButtonLink icon="undo" href={compareHref(workspace, model, b.number, a.number)}>Swap</ButtonLink>}
      />
      <Stack>
        <Panel aria-label="What callers notice">
          <PanelHeader title="What callers notice" note={schema.changes.length === 0 ? undefined : `${schema.changes.length} ${schema.changes.length === 1 ? "change" : "changes"}`} />
          {schema.changes.length === 0 ? <EmptyState kind="never" title={schema.verdict === "unknown" ? "Can't be told" : "Nothing"}>{schema.reason}</EmptyState> : <SchemaChanges changes={schema.changes} {...labels} />}
        </Panel>
        <Pair>
          <Panel aria-label="Metrics"><PanelHeader title="Metrics of the runs" note="latest values" />{metrics.length === 0 ? <NoRun /> : <FieldDiff label="Metrics by version" rows={metricRows(metrics)} {...labels} />}</Panel>
          <Panel aria-label="Parameters"><PanelHeader title="Parameters of the runs" note={differing(params.filter(({ before, after }) => before !== after).length)} />{params.length === 0 ? <NoRun /> : <FieldDiff label="Parameters by version" rows={textRows([...params].sort((x, y) => Number(x.before === x.after) - Number(y.before === y.after)))} {...labels} />}</Panel>
        </Pair>
        <Pair>
          <Panel aria-label="Flavours"><PanelHeader title="Flavours" />{flavors.length === 0 ? <EmptyState kind="never" title="None">Neither version was logged with MLflow.</EmptyState> : <FieldDiff label="Flavours by version" rows={textRows(flavors)} {...labels} />}</Panel>
          <Panel aria-label="Packages"><PanelHeader title="Packages" note={`${samePackages} the same`} />{packages.length === 0 ? <EmptyState kind="never" title="No difference" /> : <FieldDiff label="Packages by version" rows={textRows(packages)} {...labels} />}</Panel>
        </Pair>
        <Panel aria-label="Files">
          <PanelHeader title="Files" note={`by digest; ${sameFiles} the same`} />
          {files.length === 0 ? <EmptyState kind="never" title="No difference" /> : (
            <FieldDiff label="Files by version" rows={files.map(({ path, before, after }) => ({ key: path, label: <code>{path}</code>, before: fileOf(before), after: fileOf(after), change: wordOf({ before, after }) }))} {...labels} />
          )}
        </Panel>
      </Stack>
    </Page>
  );
}

const fileOf = (file: { sha256: string; size: number } | null) => (file === null ? <span className="text-fg-3">none</span> : <><Digest value={file.sha256} /> <span className="text-fg-3">{formatBytes(file.size)}</span></>);

function NoRun() {
  return <EmptyState kind="never" title="Nothing to compare">Neither version comes from a run of this workspace that you may read, or the runs logged none.</EmptyState>;
}
