import { route } from "@/lib/http/route";
import { addEvidenceOperation, listEvidenceOperation } from "@/lib/governance";
import { addEvidence, listEvidence } from "@/lib/governance/server";

export const GET = route(listEvidenceOperation, async ({ ctx, params }) => ({ items: await listEvidence(ctx, params.model, params.number) }));
export const POST = route(addEvidenceOperation, ({ ctx, params, body }) => addEvidence(ctx, params.model, params.number, body));
