import { route } from "@/lib/http/route";
import { getEvidenceOperation } from "@/lib/governance";
import { getEvidence } from "@/lib/governance/server";

export const GET = route(getEvidenceOperation, ({ ctx, params }) => getEvidence(ctx, params.evidence));
