"use client";

import { useSearchParams } from "next/navigation";
import { DataTable } from "@/components/patterns/data-table";
import { FilterBar } from "@/components/patterns/filter-bar";
import { PageHeader } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { useFilters } from "@/components/patterns/use-filters";
import { useShell } from "@/components/shell/context";
import { Page } from "@/components/shell/page";
import { Status } from "@/components/ui/chip";
import { formatCount } from "@/components/ui/format";
import { TextLink } from "@/components/ui/link";
import { Tabs } from "@/components/ui/tabs";
import { Time } from "@/components/ui/time";
import type { Page as PageOf } from "@/lib/http/api-client";
import { requestStatuses, type RequestView } from "@/lib/governance";
import { statusOf } from "./present";
import { dossierHref, fetchRequests, governanceKeys } from "./queries";

type ApprovalsTab = "me" | "mine" | "all";
const approvalsTab = (text: unknown): ApprovalsTab => (text === "mine" || text === "all" ? text : "me");
/** What a tab asks the server for. */
const tabQuery = (tab: ApprovalsTab): Record<string, string | undefined> => (tab === "me" ? { waiting: "true" } : tab === "mine" ? { mine: "true" } : {});

export type ApprovalsScreenProps = {
  workspace: string;
  /** First page of the tab that the URL names, without filters. */
  initial: PageOf<RequestView>;
  /** Why the reader can never decide; undefined where they may. */
  blocked: string | undefined;
};

const statusWords: Record<RequestView["status"], string> = { OPEN: "Open", APPROVED: "Approved", REJECTED: "Rejected", WITHDRAWN: "Withdrawn", EXPIRED: "Expired", STALE: "Void", EXECUTED: "Executed" };

const finding = (tab: ApprovalsTab, rows: readonly RequestView[] | undefined, blocked: string | undefined): string => {
  if (rows === undefined) return "Approvals";
  const open = rows.filter(({ status }) => status === "OPEN").length;
  if (tab === "me") return blocked !== undefined ? "You decide no requests here" : open === 0 ? "No request waits for you" : `${formatCount(open, "request")} ${open === 1 ? "waits" : "wait"} for your decision`;
  if (tab === "mine") return open === 0 ? "None of your requests is open" : `${open} of your requests ${open === 1 ? "is" : "are"} open`;
  return open === 0 ? "No request is open" : `${formatCount(open, "request")} ${open === 1 ? "is" : "are"} open`;
};

/** Requests to release versions: for me, by me, all. */
export function ApprovalsScreen({ workspace, initial, blocked }: ApprovalsScreenProps) {
  const tab = approvalsTab(useSearchParams().get("tab"));
  return (
    <Page crumbs={[{ label: "Approvals" }]}>
      <RequestsTab key={tab} {...{ workspace, initial, blocked, tab }} />
    </Page>
  );
}

function RequestsTab({ workspace, initial, blocked, tab }: ApprovalsScreenProps & { tab: ApprovalsTab }) {
  const { environments } = useShell();
  const filters = useFilters(["model", "status", "environment"]);
  const { model, status, environment } = filters.values;
  const query = { ...tabQuery(tab), model, environment, ...(tab === "me" ? {} : { status }) };
  const list = useCursorList({
    queryKey: governanceKeys.list(workspace, query),
    fetchPage: (cursor, signal) => fetchRequests(workspace, { ...query, cursor }, signal),
    initialPage: filters.active.length === 0 ? initial : undefined,
    refetchIntervalMs: 5_000,
  });
  return (
    <>
      <PageHeader title={finding(tab, list.rows, blocked)} lead="Each request carries its evidence; whoever asks does not decide." />
      <Tabs label="Approvals" items={[{ label: "For me", value: "me" }, { label: "Requested by me", value: "mine" }, { label: "All", value: "all" }]} />
      <FilterBar
        filters={filters}
        search={{ param: "model", placeholder: "Name of a model" }}
        facets={[
          ...(tab === "me" ? [] : [{ param: "status" as const, label: "Status", options: requestStatuses.map((value) => ({ value, label: statusWords[value] })) }]),
          { param: "environment", label: "Environment", options: environments.map(({ slug, name }) => ({ value: slug, label: name })) },
        ]}
      />
      <DataTable
        label="Requests, newest first"
        what="requests"
        rowKey={(request) => request.id}
        rowHref={(request) => dossierHref(workspace, request.number)}
        rowHeight={52}
        filters={filters}
        cards
        columns={[
          { id: "status", header: "Status", width: "180px", phone: "bare", cell: (request) => <Status status={statusOf(request)} /> },
          { id: "what", header: "Request", link: true, phone: "full", cell: (request) => <span className="grid"><span><b className="font-medium">{request.model} v{request.version}</b> into {request.environment}</span><span className="truncate text-sm text-fg-2">{request.closedReason ?? request.comment ?? request.number}</span></span> },
          { id: "number", header: "Number", width: "90px", phone: "hide", optional: true, cell: (request) => <span className="text-fg-2">{request.number}</span> },
          { id: "by", header: "Requested by", cell: (request) => <>{request.requestedBy}{request.isYours && <span className="text-fg-3"> (you)</span>}</> },
          { id: "at", header: "Requested", width: "120px", cell: (request) => <Time value={request.requestedAt} /> },
          { id: "until", header: "Until", align: "right", width: "130px", cell: (request) => (request.status === "OPEN" ? <Time value={request.expiresAt} /> : request.status === "APPROVED" && request.validUntil !== null ? <Time value={request.validUntil} /> : <span className="text-fg-3">closed</span>) },
        ]}
        empty={<NoRequest workspace={workspace} tab={tab} blocked={blocked} />}
        {...list}
      />
    </>
  );
}

function NoRequest({ workspace, tab, blocked }: { workspace: string; tab: ApprovalsTab; blocked: string | undefined }) {
  if (tab === "me" && blocked !== undefined) return <EmptyState kind="forbidden" title="Requests are decided by approvers">{blocked}</EmptyState>;
  return (
    <EmptyState kind="never" icon="stamp" title={tab === "me" ? "Nothing waits for your decision." : "No request yet."} action={tab === "me" ? undefined : <TextLink href={`/w/${encodeURIComponent(workspace)}/models`}>Open models</TextLink>}>
      {tab === "me" ? "Requests of others appear here until you or somebody else decides." : "Request a promotion from the page of a version."}
    </EmptyState>
  );
}
