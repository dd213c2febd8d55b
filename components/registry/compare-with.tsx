"use client";

import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { compareHref, fetchModelVersions, registryKeys } from "./queries";

/** Chooses the version of the same model to compare with; older ones first in the comparison. */
export function CompareWith({ workspace, model, number, champion }: { workspace: string; model: string; number: number; champion: number | undefined }) {
  const { data } = useQuery({ queryKey: registryKeys.modelVersions(workspace, model, { compare: "1" }), queryFn: ({ signal }) => fetchModelVersions(workspace, model, { limit: "50" }, signal) });
  const others = (data?.items ?? []).filter((version) => version.number !== number);
  if (others.length === 0) return null;
  return (
    <Menu
      trigger={<Button>Compare with…</Button>}
      items={others.map((version) => ({ label: `v${version.number}`, href: compareHref(workspace, model, Math.min(number, version.number), Math.max(number, version.number)), hint: version.number === champion ? "champion" : version.aliases.join(", ") || undefined }))}
    />
  );
}
