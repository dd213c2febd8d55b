"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/patterns/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Digest } from "@/components/ui/digest";
import { SkeletonText } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { DocumentView } from "./document-view";
import { kindWord } from "./present";
import { fetchDocument, governanceKeys } from "./queries";

/** One evidence document, readable. `id` undefined means closed. */
export function DocumentDialog({ workspace, id, onClose }: { workspace: string; id: string | undefined; onClose: () => void }) {
  return id === undefined ? null : <OpenDialog workspace={workspace} id={id} onClose={onClose} />;
}

function OpenDialog({ workspace, id, onClose }: { workspace: string; id: string; onClose: () => void }) {
  const { data, error, refetch } = useQuery({ queryKey: governanceKeys.document(workspace, id), queryFn: ({ signal }) => fetchDocument(workspace, id, signal), staleTime: 60_000 });
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      size="lg"
      title={data ? kindWord(data.kind) : "Evidence"}
      description={data && <span className="inline-flex flex-wrap items-center gap-x-2">{data.name}, by {data.createdBy}, <Time value={data.createdAt} /> <Digest value={data.digest} />{!data.isCurrent && "replaced by a newer one"}</span>}
      footer={<Button onClick={onClose}>Close</Button>}
    >
      {error ? <ErrorState error={error} what="the document" onRetry={() => void refetch()} compact /> : data ? <DocumentView document={data.document} /> : <SkeletonText lines={6} />}
    </Dialog>
  );
}
