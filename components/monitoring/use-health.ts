import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { pollWhile } from "@/components/patterns/polling";
import type { HealthView } from "@/lib/monitoring";
import { fetchHealth, monitoringKeys, pollEveryMs, type Target } from "./queries";

/** Health of an endpoint, looked at every five seconds while the page is seen; the range before stays until the new one is here. */
export const useHealth = (target: Target, range: string, initial: HealthView) =>
  useQuery({
    queryKey: monitoringKeys.tab(target, "health", range),
    queryFn: ({ signal }) => fetchHealth(target, range, signal),
    placeholderData: keepPreviousData,
    ...(range === "auto" ? { initialData: initial } : {}),
    ...pollWhile(true, pollEveryMs),
  });
