"use client";

import { useEffect, type RefObject } from "react";
import { lettersOff } from "@/components/ui/keys";

/** `j` and `k` move the focus along the row links of a table; an open peek panel takes them over. */
export const useRowKeys = (body: RefObject<HTMLElement | null>): void => {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.key !== "j" && event.key !== "k") || lettersOff(event) || document.querySelector("[data-peek-panel]")) return;
      const links = [...(body.current?.querySelectorAll<HTMLAnchorElement>("a[data-row-link]") ?? [])];
      if (links.length === 0) return;
      const at = links.findIndex((link) => link === document.activeElement);
      const next = links[at === -1 ? 0 : at + (event.key === "j" ? 1 : -1)];
      if (!next) return;
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [body]);
};
