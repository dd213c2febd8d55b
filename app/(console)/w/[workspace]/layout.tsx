import { ConsoleFrame } from "@/components/identity/console-frame";
import { describeRecord } from "@/lib/audit/server";
import { countOpenRequests } from "@/lib/governance/server";
import { webDeps } from "@/lib/http/deps";
import { pageContext, pagePerson } from "@/lib/http/page";
import { can } from "@/lib/identity";
import { describePerson, mayManageWorkspaces } from "@/lib/identity/server";
import { countUnresolvedIncidents } from "@/lib/monitoring/server";
import { countActiveRollouts } from "@/lib/rollouts/server";
import { listEnvironments } from "@/lib/serving/server";

type Props = Readonly<{ children: React.ReactNode; params: Promise<{ workspace: string }> }>;

export default async function WorkspaceLayout({ children, params }: Props) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  const person = await pagePerson();
  const { workspaces } = await describePerson(await webDeps(), person);
  const environments = can(ctx.actor, "environment:read") ? await listEnvironments(ctx) : [];
  const counts = {
    ...(can(ctx.actor, "request:read") ? { approvals: await countOpenRequests(ctx) } : {}),
    ...(can(ctx.actor, "rollout:read") ? { rollouts: await countActiveRollouts(ctx) } : {}),
    ...(can(ctx.actor, "incident:read") ? { incidents: await countUnresolvedIncidents(ctx) } : {}),
  };
  const record = can(ctx.actor, "audit:read") ? await describeRecord(ctx) : undefined;
  return (
    <ConsoleFrame
      workspace={{ slug: ctx.workspace.name, name: workspaces.find(({ name }) => name === ctx.workspace.name)?.title ?? ctx.workspace.name }}
      workspaces={workspaces.map(({ name, title }) => ({ slug: name, name: title }))}
      environments={environments.map(({ name, isProduction }) => ({ slug: name, name, production: isProduction }))}
      person={{ name: person.name, email: person.email }}
      counts={counts}
      mayCreateWorkspaces={mayManageWorkspaces(person)}
      proof={record && { ...record, tone: "idle" }}
    >
      {children}
    </ConsoleFrame>
  );
}
