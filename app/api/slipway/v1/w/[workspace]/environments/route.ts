import { route } from "@/lib/http/route";
import { listEnvironmentsOperation } from "@/lib/serving";
import { listEnvironments } from "@/lib/serving/server";

export const GET = route(listEnvironmentsOperation, async ({ ctx }) => ({ items: await listEnvironments(ctx) }));
