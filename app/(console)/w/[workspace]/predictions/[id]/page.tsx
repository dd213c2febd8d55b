import { PredictionScreen } from "@/components/inference/prediction-screen";
import { orNotFound, pageContext } from "@/lib/http/page";
import { getPrediction } from "@/lib/inference/server";

export default async function PredictionPage({ params }: { params: Promise<{ workspace: string; id: string }> }) {
  const { workspace, id } = await params;
  const ctx = await pageContext(workspace);
  return <PredictionScreen workspace={workspace} prediction={await orNotFound(getPrediction(ctx, id))} />;
}
