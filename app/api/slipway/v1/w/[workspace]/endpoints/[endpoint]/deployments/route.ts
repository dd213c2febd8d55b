import { route } from "@/lib/http/route";
import { listDeploymentsOperation } from "@/lib/serving";
import { listDeployments } from "@/lib/serving/server";

export const GET = route(listDeploymentsOperation, ({ ctx, params, query }) => listDeployments(ctx, params.endpoint, query.environment, query));
