import { redirect } from "next/navigation";

import { pageContext } from "@/lib/http/page";
import { listEndpoints } from "@/lib/serving/server";

/** What runs comes first; where nothing does yet, the work begins with experiments. */
export default async function WorkspacePage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const { items } = await listEndpoints(await pageContext(workspace), { limit: 1 });
  redirect(`/w/${encodeURIComponent(workspace)}/${items.length === 0 ? "experiments" : "endpoints"}`);
}
