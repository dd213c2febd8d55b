"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const everyMs = 30_000;

/** Keeps what the server rendered around a page (counts in the sidebar, the record's last number) from growing old while it is looked at. */
export const useFreshShell = (): void => {
  const router = useRouter();
  useEffect(() => {
    const refresh = (): void => {
      if (document.visibilityState === "visible") router.refresh();
    };
    const timer = setInterval(refresh, everyMs);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [router]);
};
