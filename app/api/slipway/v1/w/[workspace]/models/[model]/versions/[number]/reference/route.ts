import { AppError } from "@/lib/core/errors";
import { route, streamRoute } from "@/lib/http/route";
import { getReferenceOperation, pinReferenceOperation } from "@/lib/monitoring";
import { getReference, pinReference } from "@/lib/monitoring/server";

export const GET = route(getReferenceOperation, ({ ctx, params }) => getReference(ctx, params.model, params.number));

const formatOf = (request: Request): "csv" | "json" => {
  const type = request.headers.get("content-type") ?? "";
  if (/^text\/csv\b/i.test(type)) return "csv";
  if (/^application\/(json|x-ndjson|jsonl)\b/i.test(type)) return "json";
  throw new AppError("unsupported", "reference.bad_type", "Send the rows as text/csv with a header, or as application/json or application/x-ndjson.");
};

export const POST = streamRoute(pinReferenceOperation, async ({ ctx, params, query, request }) => {
  const format = formatOf(request);
  if (!request.body) throw new AppError("invalid", "reference.no_rows", "The request has no rows.");
  const view = await pinReference(ctx, { ...params, predictionColumn: query.predictionColumn, source: query.source, format, body: request.body });
  return Response.json(view, { status: 201 });
});
