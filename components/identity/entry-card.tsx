import { type ReactNode } from "react";
import { Brand } from "@/components/shell/brand";
import { Panel } from "@/components/ui/panel";

/** The page before the console: one card in the middle. */
export function EntryCard({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  return (
    <main id="main" className="grid min-h-dvh content-center justify-items-center bg-bg px-4 py-10">
      <div className="grid w-full max-w-[380px] gap-4">
        <Brand />
        <Panel aria-label={title} className="p-5">
          <h1 className="text-xl font-semibold tracking-[-0.015em]">{title}</h1>
          {lead !== undefined && <p className="mt-0.5 text-fg-2">{lead}</p>}
          <div className="mt-4">{children}</div>
        </Panel>
      </div>
    </main>
  );
}
