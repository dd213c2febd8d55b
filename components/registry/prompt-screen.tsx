import { PageHeader, Stack } from "@/components/patterns/page-header";
import { Page } from "@/components/shell/page";
import { CopyButton } from "@/components/ui/copy-button";
import { KeyValues } from "@/components/ui/key-values";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import type { Page as PageOf } from "@/lib/http/api-client";
import type { ActivityItem, PromptText, Version } from "@/lib/registry";
import { ActivityPanel } from "./activity-panel";
import { AliasTags } from "./version-columns";

export type PromptScreenProps = { workspace: string; version: Version; prompt: PromptText; activity: PageOf<ActivityItem> };

/** A version of a prompt: text, not files, so nothing is inspected, approved or released. */
export function PromptScreen({ workspace, version, prompt, activity }: PromptScreenProps) {
  const { model, number, aliases, description, createdAt, createdBy } = version;
  const tags = Object.entries(prompt.tags);
  return (
    <Page crumbs={[{ label: "Models", href: `/w/${workspace}/models` }, { label: model }, { label: `v${number}` }]}>
      <PageHeader
        title={<>{model} <span className="font-normal">v{number}</span></>}
        status={<><Tag>Prompt</Tag><AliasTags aliases={aliases} /></>}
        lead={description ?? undefined}
        meta={[{ label: "Registered", value: <><Time value={createdAt} /> by {createdBy}</> }]}
      />
      <Stack>
        <Panel aria-label="Text of the prompt">
          <PanelHeader title={prompt.messages ? "Messages" : "Text"}><CopyButton value={prompt.text} label="Copy prompt" /></PanelHeader>
          <PanelBody className="grid gap-3">
            {prompt.messages
              ? prompt.messages.map(({ role, content }, index) => <div key={index}><p className="text-sm font-medium text-fg-3">{role}</p><pre className="font-mono whitespace-pre-wrap break-words">{content}</pre></div>)
              : <pre className="font-mono whitespace-pre-wrap break-words">{prompt.text}</pre>}
          </PanelBody>
        </Panel>
        {tags.length > 0 && <Panel aria-label="Tags"><PanelHeader title="Tags" /><PanelBody><KeyValues align="left" items={tags.map(([key, value]) => ({ label: key, value }))} /></PanelBody></Panel>}
        <ActivityPanel workspace={workspace} model={model} number={number} initialPage={activity} />
      </Stack>
    </Page>
  );
}
