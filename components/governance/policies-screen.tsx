import { SettingsFrame, type SettingsTab } from "@/components/identity/settings-frame";
import { PageHeader, Stack } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { capitalize } from "@/components/ui/format";
import { Notice } from "@/components/ui/notice";
import type { PolicyView } from "@/lib/governance";
import { PolicyPanel } from "./policy-panel";

export type PoliciesScreenProps = { workspace: string; tabs: readonly SettingsTab[]; policies: readonly { policy: PolicyView; isProduction: boolean }[]; blocked: string | undefined };

const finding = (policies: PoliciesScreenProps["policies"]): string => {
  const guarded = policies.filter(({ policy }) => policy.document.approvals.minimum > 0).map(({ policy }) => policy.environment);
  if (guarded.length === 0) return "No environment asks for an approval";
  return guarded.length === 1 ? `${guarded[0] ?? ""} asks for an approval` : `${guarded.length} of ${policies.length} environments ask for an approval`;
};

/** What each environment asks for before a version may receive its traffic. */
export function PoliciesScreen({ workspace, tabs, policies, blocked }: PoliciesScreenProps) {
  return (
    <SettingsFrame workspace={workspace} current="policies" tabs={tabs} header={<PageHeader title={capitalize(finding(policies))} lead="What a version needs before an environment's traffic may reach it, mirrored or served." />}>
      <Stack>
        {blocked !== undefined && <Notice tone="idle" icon="lock" title="You can read policies, not revise them.">{blocked}</Notice>}
        {policies.length === 0 && <EmptyState kind="never" title="This workspace has no environment with a policy." />}
        {policies.map(({ policy, isProduction }) => <PolicyPanel key={policy.environment} workspace={workspace} policy={policy} isProduction={isProduction} blocked={blocked} />)}
      </Stack>
    </SettingsFrame>
  );
}
