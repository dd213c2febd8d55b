export const GET = (): Response => new Response("OK", { headers: { "content-type": "text/plain", "cache-control": "no-store" } });
