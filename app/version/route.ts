import { release } from "@/lib/http/release";

export const GET = (): Response => new Response(release.version, { headers: { "content-type": "text/plain", "cache-control": "no-store" } });
