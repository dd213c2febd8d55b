import { route } from "@/lib/http/route";
import { createEndpointOperation, listEndpointsOperation } from "@/lib/serving";
import { createEndpoint, listEndpoints } from "@/lib/serving/server";

export const GET = route(listEndpointsOperation, ({ ctx, query }) => listEndpoints(ctx, query));
export const POST = route(createEndpointOperation, ({ ctx, body }) => createEndpoint(ctx, body));
