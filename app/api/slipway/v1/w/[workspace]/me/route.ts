import { route } from "@/lib/http/route";
import { getMeOp } from "@/lib/identity";
import { describeMe } from "@/lib/identity/server";

export const GET = route(getMeOp, ({ ctx }) => Promise.resolve(describeMe(ctx)));
