import { serverInfo } from "@/lib/tracking/server";

export const GET = serverInfo;
