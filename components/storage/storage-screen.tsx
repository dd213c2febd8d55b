import { SettingsFrame, type SettingsTab } from "@/components/identity/settings-frame";
import { PageColumns, PageHeader } from "@/components/patterns/page-header";
import { formatBytes, formatNumber } from "@/components/ui/format";
import { KeyValues } from "@/components/ui/key-values";
import { Notice } from "@/components/ui/notice";
import { Panel, PanelBody, PanelFooter, PanelHeader } from "@/components/ui/panel";
import { type SmallColumn, SmallTable } from "@/components/ui/small-table";
import { Time } from "@/components/ui/time";
import type { StorageView } from "@/lib/storage";
import { deletedRows, kindRows, spanWords, storageFinding } from "./storage-words";

export type StorageScreenProps = { workspace: string; tabs: readonly SettingsTab[]; storage: StorageView };

const filesAndBytes: readonly SmallColumn<{ files: number; bytes: number }>[] = [
  { header: "Files", align: "right", cell: ({ files }) => formatNumber(files, 0) },
  { header: "Size", align: "right", cell: ({ bytes }) => formatBytes(bytes) },
];

/** What a workspace stores, and what of it goes when. */
export function StorageScreen({ workspace, tabs, storage }: StorageScreenProps) {
  const { limitBytes, usedBytes, policy, unused } = storage;
  const isFull = limitBytes !== null && usedBytes >= limitBytes * 0.95;
  return (
    <SettingsFrame workspace={workspace} current="storage" tabs={tabs} header={<PageHeader title={storageFinding(storage)} lead="Equal files are stored once. What was deleted can be restored until its time is over; then a worker purges it." />}>
      <PageColumns rail={<Rules storage={storage} />}>
        {isFull && <Notice tone="warn" title="Uploads will soon be refused.">Delete runs, artifacts or versions that nobody needs, or ask the operator to raise SLIPWAY_WORKSPACE_MAX_BYTES. Space is free once what was deleted is purged.</Notice>}
        <Panel aria-label="What is stored">
          <PanelHeader title="What is stored" />
          <SmallTable
            label="Table: What is stored"
            size="base"
            rows={kindRows(storage)}
            rowKey={({ label }) => label}
            columns={[{ header: "Kind", cell: ({ label, hint }) => <>{label} <span className="block text-sm text-fg-3">{hint}</span></> }, ...filesAndBytes]}
          />
        </Panel>
        <Panel aria-label="What was deleted">
          <PanelHeader title="What was deleted" note={`purged ${spanWords(policy.deletedAfterMs)} after it was deleted`} />
          <SmallTable
            label="Table: What was deleted"
            size="base"
            rows={deletedRows(storage)}
            rowKey={({ label }) => label}
            columns={[
              { header: "Kind", cell: ({ label }) => label },
              { header: "Can be restored", align: "right", cell: ({ waiting }) => formatNumber(waiting, 0) },
              { header: "Being purged", align: "right", cell: ({ due }) => formatNumber(due, 0) },
              { header: "Kept", align: "right", cell: ({ held }) => formatNumber(held, 0) },
              { header: "Next purge", align: "right", cell: ({ nextPurgeAt }) => (nextPurgeAt === null ? "—" : <Time value={nextPurgeAt} />) },
            ]}
          />
          <PanelFooter>Kept: a registered version was made from it, or it was deployed or asked to be.</PanelFooter>
        </Panel>
        <Panel aria-label="Files that nothing refers to">
          <PanelHeader title="Files that nothing refers to" note={`purged ${spanWords(policy.unusedAfterMs)} after they were last sent`} />
          <SmallTable
            label="Table: Files that nothing refers to"
            size="base"
            rows={[{ label: "May still be registered", ...unused.waiting }, { label: "Being purged", ...unused.due }]}
            rowKey={({ label }) => label}
            columns={[{ header: "State", cell: ({ label }) => label }, ...filesAndBytes]}
          />
        </Panel>
      </PageColumns>
    </SettingsFrame>
  );
}

function Rules({ storage: { store, limitBytes, fileLimitBytes, policy, checkedAt } }: { storage: StorageView }) {
  return (
    <Panel aria-label="Rules">
      <PanelHeader title="Rules" note="of this installation" />
      <PanelBody>
        <KeyValues
          items={[
            { label: "Stored in", value: store.kind === "s3" ? <span className="font-mono">{store.location}</span> : store.location },
            { label: "Limit of the workspace", value: limitBytes === null ? "none" : formatBytes(limitBytes) },
            { label: "Limit of a file", value: formatBytes(fileLimitBytes) },
            { label: "Deleted things", value: spanWords(policy.deletedAfterMs) },
            { label: "Unused files", value: spanWords(policy.unusedAfterMs) },
            { label: "Results of monitors", value: spanWords(policy.monitoringKeepMs) },
            { label: "Last full pass", value: checkedAt === null ? "not yet" : <Time value={checkedAt} /> },
          ]}
        />
      </PanelBody>
    </Panel>
  );
}
