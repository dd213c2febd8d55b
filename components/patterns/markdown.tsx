import { lexer, type Token, type Tokens } from "marked";
import { Fragment, type ReactNode } from "react";

/** Addresses that a note may lead to; everything else, such as `javascript:`, stays text. */
export const safeHref = (href: string): string | undefined => (/^(https?:\/\/|mailto:|\/(?!\/)|#)/i.test(href.trim()) ? href.trim() : undefined);

/** GitHub's Markdown as React elements. HTML in it is shown as the text that it is; nothing is loaded from elsewhere. */
export function Markdown({ text }: { text: string }) {
  return <div className="grid gap-2 text-base [overflow-wrap:anywhere] [&_code]:rounded [&_code]:bg-surface-2 [&_code]:px-1 [&_code]:text-sm">{blocks(lexer(text, { gfm: true }))}</div>;
}

const blocks = (tokens: readonly Token[]): ReactNode => tokens.map((token, index) => <Fragment key={index}>{block(token)}</Fragment>);
const inlines = (tokens: readonly Token[] | undefined): ReactNode => (tokens ?? []).map((token, index) => <Fragment key={index}>{inline(token)}</Fragment>);

// Marked's union of tokens is open for extensions; we use none, so that `type` tells the shape.
const block = (token: Token): ReactNode => {
  switch (token.type) {
    case "space": case "def": return null;
    case "heading": return heading(token as Tokens.Heading);
    case "paragraph": return <p>{inlines((token as Tokens.Paragraph).tokens)}</p>;
    case "text": return "tokens" in token && token.tokens ? <span>{inlines(token.tokens)}</span> : plain((token as Tokens.Text).text);
    case "code": return <pre className="overflow-x-auto rounded-lg border border-line bg-surface-2 px-3 py-2 text-sm [&>code]:bg-transparent [&>code]:p-0"><code>{(token as Tokens.Code).text}</code></pre>;
    case "blockquote": return <blockquote className="grid gap-2 border-l-2 border-line-2 pl-3 text-fg-2">{blocks((token as Tokens.Blockquote).tokens)}</blockquote>;
    case "list": return list(token as Tokens.List);
    case "hr": return <hr className="border-line" />;
    case "table": return table(token as Tokens.Table);
    default: return <p>{token.raw}</p>;
  }
};

const heading = ({ depth, tokens }: Tokens.Heading): ReactNode => {
  const content = inlines(tokens);
  if (depth <= 1) return <h3 className="mt-1 text-lg font-semibold">{content}</h3>;
  return depth === 2 ? <h4 className="mt-1 font-semibold">{content}</h4> : <h5 className="font-medium">{content}</h5>;
};

const list = ({ ordered, start, items }: Tokens.List): ReactNode => {
  const entries = items.map((item, index) => (
    <li key={index}>
      {item.task && <input type="checkbox" checked={item.checked ?? false} readOnly disabled aria-label={item.checked ? "done" : "to do"} className="mr-1.5 align-middle" />}
      {blocks(item.tokens.filter(({ type }) => type !== "checkbox"))}
    </li>
  ));
  return ordered ? <ol start={typeof start === "number" ? start : 1} className="grid list-decimal gap-0.5 pl-5">{entries}</ol> : <ul className="grid list-disc gap-0.5 pl-5">{entries}</ul>;
};

const table = ({ header, rows }: Tokens.Table): ReactNode => (
  <div className="overflow-x-auto">
    <table className="border-collapse text-sm [&_td]:border [&_td]:border-line [&_td]:px-2 [&_td]:py-1 [&_th]:border [&_th]:border-line [&_th]:px-2 [&_th]:py-1 [&_th]:text-left">
      <thead><tr>{header.map((cell, index) => <th key={index} scope="col">{inlines(cell.tokens)}</th>)}</tr></thead>
      <tbody>{rows.map((cells, row) => <tr key={row}>{cells.map((cell, index) => <td key={index}>{inlines(cell.tokens)}</td>)}</tr>)}</tbody>
    </table>
  </div>
);

const entities: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
const plain = (text: string): string => text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);

const inline = (token: Token): ReactNode => {
  switch (token.type) {
    case "strong": return <strong className="font-semibold">{inlines(token.tokens)}</strong>;
    case "em": return <em>{inlines(token.tokens)}</em>;
    case "del": return <del>{inlines(token.tokens)}</del>;
    case "codespan": return <code>{plain((token as Tokens.Codespan).text)}</code>;
    case "br": return <br />;
    case "link": return link((token as Tokens.Link).href, inlines(token.tokens));
    case "image": return link((token as Tokens.Image).href, (token as Tokens.Image).text || (token as Tokens.Image).href);
    case "escape": case "text": return "tokens" in token && token.tokens ? inlines(token.tokens) : plain((token as Tokens.Text).text);
    default: return token.raw;
  }
};

const link = (href: string, content: ReactNode): ReactNode => {
  const safe = safeHref(href);
  return safe === undefined ? content : <a href={safe} rel="noreferrer nofollow" target="_blank" className="font-medium text-accent underline-offset-2 hover:underline">{content}<span className="sr-only"> (opens a new tab)</span></a>;
};
