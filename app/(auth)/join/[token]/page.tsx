import { JoinScreen } from "@/components/identity/join-screen";
import { webDeps } from "@/lib/http/deps";
import { describeInvitation } from "@/lib/identity/server";

export const dynamic = "force-dynamic";
export const metadata = { title: "Join", referrer: "no-referrer" as const };

export default async function JoinPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  return <JoinScreen token={token} invitation={await describeInvitation(await webDeps(), token)} />;
}
