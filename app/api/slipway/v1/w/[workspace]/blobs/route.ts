import { uploadBlobOperation } from "@/lib/artifacts";
import { receiveBlob } from "@/lib/artifacts/server";
import { streamRoute } from "@/lib/http/route";

export const PUT = streamRoute(uploadBlobOperation, ({ ctx, request }) => receiveBlob(ctx, request));
