import { type ReactNode } from "react";
import { TopBar, type Crumb } from "./top-bar";

export type PageProps = {
  /** From the section to here; the last is the current page. */
  crumbs: readonly Crumb[];
  /** Shows the environment switch (Ship and Watch pages). */
  environment?: boolean | undefined;
  /** PageHeader first, then tabs and content. */
  children: ReactNode;
};

/** One screen of the console: top bar and main. */
export function Page({ crumbs, environment = false, children }: PageProps) {
  return (
    <>
      <TopBar crumbs={crumbs} environment={environment} />
      <main id="main" tabIndex={-1} className="min-w-0 flex-1 px-5 pt-4 pb-10 outline-none max-sm:px-3 max-sm:pt-3.5 max-sm:pb-24">
        {children}
      </main>
    </>
  );
}
