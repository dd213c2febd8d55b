import { route } from "@/lib/http/route";
import { rollBackEndpointOperation } from "@/lib/rollouts";
import { rollBackEndpoint } from "@/lib/rollouts/server";

export const POST = route(rollBackEndpointOperation, ({ ctx, params, query, body }) => rollBackEndpoint(ctx, params.endpoint, query.environment, body.reason));
