import { CodeBlock } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import type { TokenView } from "@/lib/identity";

export type ServerAddresses = { console: string; gateway: string };

const snippets = (token: TokenView, secret: string, workspace: string, { console: web, gateway }: ServerAddresses): { label: string; code: string }[] => {
  const has = (...scopes: string[]) => token.scopes.some((scope) => scope === "admin" || scopes.includes(scope));
  return [
    ...(has("runs:write", "models:write") ? [{ label: "MLflow client", code: `export MLFLOW_TRACKING_URI=${web}\nexport MLFLOW_TRACKING_TOKEN=${secret}${workspace === "default" ? "" : `\nexport MLFLOW_WORKSPACE=${workspace}`}` }] : []),
    ...(has("predict") ? [{ label: "call of an endpoint", code: `curl ${gateway}/w/${workspace}/production/v2/models/ENDPOINT/infer \\\n  -H "Authorization: Bearer ${secret}" -H "Content-Type: application/json" \\\n  -d '{"inputs":[{"name":"X","shape":[1,64],"datatype":"FP32","data":[…]}]}'` }] : []),
    { label: "call of the API", code: `curl ${web}/api/slipway/v1/w/${workspace}/me -H "Authorization: Bearer ${secret}"` },
  ];
};

/** The secret of a new token, once, with what to paste where. */
export function TokenSecret({ token, secret, workspace, servers }: { token: TokenView; secret: string; workspace: string; servers: ServerAddresses }) {
  return (
    <div className="grid gap-3">
      <CodeBlock label="token" code={secret} />
      <Notice tone="wait">It is shown only now. Slipway keeps its hash alone.</Notice>
      {snippets(token, secret, workspace, servers).map(({ label, code }) => (
        <div key={label} className="grid gap-1">
          <h3 className="text-sm font-medium first-letter:uppercase">{label}</h3>
          <CodeBlock label={label} code={code} />
        </div>
      ))}
    </div>
  );
}
