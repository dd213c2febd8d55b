import { type ReactNode } from "react";

import { SettingsFrame, type SettingsTab } from "@/components/identity/settings-frame";
import { PageColumns, PageHeader } from "@/components/patterns/page-header";
import { cx } from "@/components/ui/cx";
import { formatBytes, formatNumber } from "@/components/ui/format";
import { KeyValues } from "@/components/ui/key-values";
import { Notice } from "@/components/ui/notice";
import { Panel, PanelBody, PanelFooter, PanelHeader } from "@/components/ui/panel";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { Time } from "@/components/ui/time";
import type { StorageView } from "@/lib/storage";
import { deletedRows, kindRows, spanWords, storageFinding } from "./storage-words";

export type StorageScreenProps = { workspace: string; tabs: readonly SettingsTab[]; storage: StorageView };

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
          <Table label="What is stored" head={["Kind", "Files", "Size"]}>
            {kindRows(storage).map(({ label, hint, files, bytes }) => (
              <Row key={label} head={<>{label} <span className="block text-sm text-fg-3">{hint}</span></>} cells={[formatNumber(files, 0), formatBytes(bytes)]} />
            ))}
          </Table>
        </Panel>
        <Panel aria-label="What was deleted">
          <PanelHeader title="What was deleted" note={`purged ${spanWords(policy.deletedAfterMs)} after it was deleted`} />
          <Table label="What was deleted" head={["Kind", "Can be restored", "Being purged", "Kept", "Next purge"]}>
            {deletedRows(storage).map(({ label, waiting, due, held, nextPurgeAt }) => (
              <Row key={label} head={label} cells={[formatNumber(waiting, 0), formatNumber(due, 0), formatNumber(held, 0), nextPurgeAt === null ? "—" : <Time key="next" value={nextPurgeAt} />]} />
            ))}
          </Table>
          <PanelFooter>Kept: a registered version was made from it, or it was deployed or asked to be.</PanelFooter>
        </Panel>
        <Panel aria-label="Files that nothing refers to">
          <PanelHeader title="Files that nothing refers to" note={`purged ${spanWords(policy.unusedAfterMs)} after they were last sent`} />
          <Table label="Files that nothing refers to" head={["State", "Files", "Size"]}>
            <Row head="May still be registered" cells={[formatNumber(unused.waiting.files, 0), formatBytes(unused.waiting.bytes)]} />
            <Row head="Being purged" cells={[formatNumber(unused.due.files, 0), formatBytes(unused.due.bytes)]} />
          </Table>
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

function Table({ label, head, children }: { label: string; head: readonly string[]; children: ReactNode }) {
  return (
    <ScrollRegion label={`Table: ${label}`}>
      <table className="w-full border-collapse text-left">
        <thead>
          <tr className="border-b border-line text-sm text-fg-3">
            {head.map((name, index) => <th key={name} scope="col" className={cx("px-3.5 py-1.5 font-medium whitespace-nowrap", index > 0 && "text-right")}>{name}</th>)}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </ScrollRegion>
  );
}

function Row({ head, cells }: { head: ReactNode; cells: readonly ReactNode[] }) {
  return (
    <tr className="border-b border-line last:border-b-0">
      <th scope="row" className="px-3.5 py-2 font-normal">{head}</th>
      {cells.map((cell, index) => <td key={index} className="px-3.5 py-2 text-right align-top whitespace-nowrap tabular-nums">{cell}</td>)}
    </tr>
  );
}
