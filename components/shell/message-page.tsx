import { type ReactNode } from "react";
import { Brand } from "./brand";

export type MessagePageProps = { title: string; children: ReactNode; actions?: ReactNode; detail?: ReactNode };

/** A whole page that says one thing: not found, refused, broken. */
export function MessagePage({ title, children, actions, detail }: MessagePageProps) {
  return (
    <main id="main" className="mx-auto grid min-h-[70dvh] w-full max-w-[460px] content-center gap-3 px-5 py-10">
      <Brand />
      <h1 className="mt-2 text-xl font-semibold tracking-[-0.015em]">{title}</h1>
      <div className="text-fg-2">{children}</div>
      {actions !== undefined && <div className="mt-1 flex flex-wrap gap-2">{actions}</div>}
      {detail !== undefined && <p className="text-sm text-fg-3">{detail}</p>}
    </main>
  );
}
