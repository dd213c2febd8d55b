import { route } from "@/lib/http/route";
import { deleteEndpointOperation, getEndpointOperation, updateEndpointOperation } from "@/lib/serving";
import { deleteEndpoint, getEndpoint, updateEndpoint } from "@/lib/serving/server";

export const GET = route(getEndpointOperation, ({ ctx, params, query }) => getEndpoint(ctx, params.endpoint, query.environment));
export const PATCH = route(updateEndpointOperation, ({ ctx, params, query, body }) => updateEndpoint(ctx, params.endpoint, query.environment, body));
export const DELETE = route(deleteEndpointOperation, ({ ctx, params, query }) => deleteEndpoint(ctx, params.endpoint, query.environment, query.reason));
