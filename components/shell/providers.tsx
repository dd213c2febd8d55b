"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { type ReactNode } from "react";
import { NowProvider } from "@/components/ui/time";
import { Toaster } from "@/components/ui/toaster";
import { TooltipProvider } from "@/components/ui/tooltip";
import { getQueryClient } from "./query-client";

/** Everything that screens expect around them; `nowMs` is the server's clock at render. */
export function Providers({ nowMs, children }: { nowMs: number; children: ReactNode }) {
  return (
    <QueryClientProvider client={getQueryClient()}>
      <NuqsAdapter>
        <NowProvider nowMs={nowMs}>
          <TooltipProvider>{children}</TooltipProvider>
          <Toaster />
        </NowProvider>
      </NuqsAdapter>
    </QueryClientProvider>
  );
}
