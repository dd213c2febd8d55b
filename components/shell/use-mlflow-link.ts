"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { pageOfMlflowLink } from "./mlflow-link";

/** Follows the links that MLflow's clients print: their address is a fragment, which only the browser sees. */
export const useMlflowLink = (): void => {
  const router = useRouter();
  useEffect(() => {
    const follow = (): void => {
      const page = pageOfMlflowLink(window.location.hash);
      if (page !== undefined) router.replace(page);
    };
    follow();
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, [router]);
};
