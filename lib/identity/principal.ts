/** Who a request proved to be, before any workspace is chosen. */
export type SessionPrincipal = { kind: "session"; userId: string; name: string; email: string; isAdmin: boolean; sessionId: string; authTime: Date };
export type TokenPrincipal = {
  kind: "token";
  tokenId: string;
  name: string;
  userId: string;
  userName: string;
  isAdmin: boolean;
  workspaceId: string;
  scopes: string[];
  endpointIds: string[];
};
export type Principal = SessionPrincipal | TokenPrincipal;
