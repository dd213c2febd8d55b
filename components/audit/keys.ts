/** Query keys of the slice. */
export const auditKeys = {
  events: (workspace: string) => ["audit", workspace, "events"] as const,
  event: (workspace: string, id: string) => ["audit", workspace, "event", id] as const,
  facets: (workspace: string) => ["audit", workspace, "facets"] as const,
};
