import { streamRoute } from "@/lib/http/route";
import { downloadDossierOperation } from "@/lib/governance";
import { readDossierFile } from "@/lib/governance/server";

export const GET = streamRoute(downloadDossierOperation, async ({ ctx, params }) => {
  const { name, text } = await readDossierFile(ctx, params.request);
  return new Response(text, { headers: { "content-type": "application/json; charset=utf-8", "content-disposition": `attachment; filename="${name}"` } });
});
