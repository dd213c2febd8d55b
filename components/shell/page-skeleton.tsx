import { Panel } from "@/components/ui/panel";
import { Skeleton, SkeletonText } from "@/components/ui/skeleton";
import { Page, type PageProps } from "./page";

/** What `loading.tsx` shows: the frame of a page with its title and panels to come. */
export function PageSkeleton({ crumbs, environment, panels = 2 }: Omit<PageProps, "children"> & { panels?: number | undefined }) {
  return (
    <Page crumbs={crumbs} environment={environment}>
      <p role="status" className="sr-only">Loading</p>
      <div className="mb-4 grid grid-cols-[minmax(0,1fr)] gap-2.5 py-1" aria-hidden>
        <Skeleton className="h-5 w-72 max-w-full" />
        <Skeleton className="w-[28rem] max-w-full" />
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3.5" aria-hidden>
        {Array.from({ length: panels }, (_, index) => (
          <Panel key={index} className="p-3.5"><SkeletonText lines={5} /></Panel>
        ))}
      </div>
    </Page>
  );
}
