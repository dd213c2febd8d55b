/** Query keys of the slice. */
export const identityKeys = {
  members: (workspace: string) => ["identity", workspace, "members"] as const,
  invitations: (workspace: string) => ["identity", workspace, "invitations"] as const,
  tokens: (workspace: string) => ["identity", workspace, "tokens"] as const,
  sessions: () => ["identity", "sessions"] as const,
};
