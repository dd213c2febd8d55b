import { route } from "@/lib/http/route";
import { listSavedViewsOperation, saveViewOperation } from "@/lib/tracking";
import { listSavedViews, saveView } from "@/lib/tracking/server";

export const GET = route(listSavedViewsOperation, ({ ctx, query }) => listSavedViews(ctx, query.page));
export const POST = route(saveViewOperation, ({ ctx, body }) => saveView(ctx, body));
