import NextAuth from "next-auth";
import type { NextRequest } from "next/server";

import { clientAddress } from "@/lib/http/client-address";
import { webDeps } from "@/lib/http/deps";
import { authOptions } from "@/lib/identity/server";

const handle = async (request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> => {
  const deps = await webDeps();
  // next-auth types its context for Next 14 but awaits params, as Next 16 gives them
  const answer: unknown = await NextAuth(request, context as unknown as AuthContext, authOptions(deps, (headers) => clientAddress(headers, deps.env)));
  if (!(answer instanceof Response)) throw new TypeError("next-auth gave no Response");
  return answer;
};

type AuthContext = { params: { nextauth: string[] } };

export { handle as GET, handle as POST };
