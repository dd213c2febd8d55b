import { route } from "@/lib/http/route";
import { deleteSavedViewOperation } from "@/lib/tracking";
import { deleteSavedView } from "@/lib/tracking/server";

export const DELETE = route(deleteSavedViewOperation, ({ ctx, params }) => deleteSavedView(ctx, params.view));
