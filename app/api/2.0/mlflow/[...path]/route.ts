import { handleMlflow } from "@/lib/tracking/server";

export { handleMlflow as DELETE, handleMlflow as GET, handleMlflow as PATCH, handleMlflow as POST, handleMlflow as PUT };
