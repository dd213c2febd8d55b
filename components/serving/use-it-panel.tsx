import { PageColumns } from "@/components/patterns/page-header";
import { ButtonLink } from "@/components/ui/button";
import { CodeBlock, CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import type { StoredSignature } from "@/lib/registry";
import type { EndpointView } from "@/lib/serving";
import { curlExample, pythonExample } from "./call-example";

/** How a program calls the endpoint: address, token, requests that work when pasted. */
export function UseItPanel({ workspace, endpoint, signature }: { workspace: string; endpoint: EndpointView; signature: StoredSignature | null }) {
  const target = { url: endpoint.url, isAnonymous: endpoint.isAnonymous, signature };
  return (
    <PageColumns
      rail={
        <Panel aria-label="Token">
          <PanelHeader title="Token" />
          <PanelBody className="grid gap-2.5 text-sm text-fg-2">
            {endpoint.isAnonymous
              ? <p>This endpoint asks for no token. Anybody who reaches the gateway may call it.</p>
              : <p>Callers send a token with the scope <code>predict</code>. Bind it to this endpoint alone, so that it opens nothing else.</p>}
            <ButtonLink icon="key" href={`/w/${encodeURIComponent(workspace)}/settings/tokens?endpoint=${endpoint.id}`}>Create a token for {endpoint.name}</ButtonLink>
          </PanelBody>
        </Panel>
      }
    >
      {endpoint.stable === null && <Notice tone="warn" title="No version serves yet.">The gateway answers 503 until one is released.</Notice>}
      <Panel aria-label="Address">
        <PanelHeader title="Address" note="Open Inference Protocol, version 2"><CopyButton value={endpoint.url} label="Copy address" withText /></PanelHeader>
        <PanelBody><code className="text-sm [overflow-wrap:anywhere]">{endpoint.url}</code></PanelBody>
      </Panel>
      <Panel aria-label="curl">
        <PanelHeader title="curl" note={signature === null ? "put your own inputs in" : `with the inputs of v${endpoint.stable?.number ?? 0}, all zero`} />
        <PanelBody><CodeBlock label="curl command" code={curlExample(target)} /></PanelBody>
      </Panel>
      <Panel aria-label="Python">
        <PanelHeader title="Python" note="standard library" />
        <PanelBody><CodeBlock label="Python program" code={pythonExample(target)} /></PanelBody>
      </Panel>
    </PageColumns>
  );
}
