import { fileResponse, openPulledBlob, parseRange } from "@/lib/artifacts/server";
import { runCall } from "@/lib/http/call";

/** Files of one manifest for the bearer of a pull token: how a runtime fetches what it was told to load. */
export const GET = (request: Request, { params }: { params: Promise<{ sha256: string }> }): Promise<Response> =>
  runCall("pullBlob", request, async (deps) => {
    const token = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
    return fileResponse(await openPulledBlob(deps, token, (await params).sha256, parseRange(request.headers.get("range"))));
  });
