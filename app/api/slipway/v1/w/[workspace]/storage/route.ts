import { route } from "@/lib/http/route";
import { getStorageOp } from "@/lib/storage";
import { describeStorage } from "@/lib/storage/server";

export const GET = route(getStorageOp, ({ ctx }) => describeStorage(ctx));
