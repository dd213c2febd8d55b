import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";

import { Markdown, safeHref } from "@/components/patterns/markdown";
import { parseCsv, separatorOf } from "@/components/tracking/run/csv";
import { readRowCount, readSchema } from "@/components/tracking/run/dataset-schema";
import { readMlmodel } from "@/components/tracking/run/mlmodel";
import { previewKindOf } from "@/components/tracking/run/preview-kind";
import { sourceOf } from "@/components/tracking/run/source";

const render = (text: string): string => renderToStaticMarkup(createElement(Markdown, { text }));

describe("a note", () => {
  test("reads as Markdown", () => {
    const html = render("# Title\n\n**bold** and `code`\n\n- [x] done\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[docs](https://example.org/x?a=1&b=2)");
    for (const part of ["<strong", "<code>code</code>", "<li>", "<td>1</td>", 'href="https://example.org/x?a=1&amp;b=2"', 'type="checkbox"']) expect(html).toContain(part);
  });
  test.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "text <b onclick=alert(1)>x</b>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "![x](javascript:alert(1))",
    "[x]( javascript:alert(1))",
    "<javascript:alert(1)>",
    "[x](//evil.example/x)",
    "[a][1]\n\n[1]: javascript:alert(1)",
    '[x](https://a" onmouseover="alert(1))',
    "<iframe src=https://evil.example></iframe>",
    "```html\n<script>alert(1)</script>\n```",
    "<https://a.example/\"onclick=alert(1)>",
  ])("runs nothing: %s", (text) => {
    const html = render(text);
    expect(html).not.toMatch(/<(script|img|iframe|b)\b/i);
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href = ""]) => href);
    for (const href of links) expect(href).toMatch(/^(https?:\/\/|mailto:|\/(?!\/)|#)/);
    expect(html.replaceAll(/&quot;|&lt;|&gt;/g, "").replaceAll(/>[^<]*</g, "><")).not.toMatch(/\son\w+=/i);
  });
  test("keeps what looks like code as text", () => expect(render("a < b && c > d")).toContain("a &lt; b &amp;&amp; c &gt; d"));
  test.each([["https://a.example", true], ["mailto:a@b.c", true], ["/w/default", true], ["#x", true], ["//a.example", false], ["javascript:x", false], ["java\nscript:x", false]])("%s may be led to: %s", (href, isSafe) => expect(safeHref(href) !== undefined).toBe(isSafe));
});

describe("CSV", () => {
  test("reads quotes, doubled quotes, line breaks inside them, and uneven rows", () => {
    expect(parseCsv('a,b\r\n"x, y","say ""hi""\nthere"\n1\n', 10)).toEqual({ columns: ["a", "b"], rows: [["x, y", 'say "hi"\nthere'], ["1", ""]], isCut: false });
  });
  test("guesses tab and semicolon", () => {
    expect(separatorOf('a\tb\tc\n')).toBe("\t");
    expect(separatorOf('"a,b";c;d')).toBe(";");
    expect(parseCsv("a;b\n1,5;2", 10).rows).toEqual([["1,5", "2"]]);
  });
  test("stops at the rows wanted, and leaves out the line that a part of a file cuts", () => {
    expect(parseCsv("a\n1\n2\n3\n", 2)).toEqual({ columns: ["a"], rows: [["1"], ["2"]], isCut: true });
    expect(parseCsv("a,b\n1,2\n3,", 10, { isPartial: true }).rows).toEqual([["1", "2"]]);
    expect(parseCsv("", 10)).toEqual({ columns: [], rows: [], isCut: false });
    expect(parseCsv("\u{FEFF}a\n1", 10).columns).toEqual(["a"]);
  });
});

describe("what a file is shown as", () => {
  test.each([["model/MLmodel", "mlmodel"], ["a/plot.PNG", "image"], ["report.html", "html"], ["t.tsv", "csv"], ["requirements.txt", "text"], ["model.pkl", "none"], ["README", "text"], ["conda.yaml", "text"], ["noending", "none"]] as const)("%s is %s", (path, kind) => expect(previewKindOf(path)).toBe(kind));
});

describe("an MLmodel file", () => {
  const file = `flavors:
  python_function:
    loader_module: mlflow.sklearn
    env: {conda: conda.yaml}
  sklearn: {sklearn_version: 1.5.0, code: null}
mlflow_version: 3.1.0
signature:
  inputs: '[{"type": "double", "name": "age", "required": true}, {"type": "array", "items": {"type": "long"}, "name": "history", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}}]'
  params: '[{"name": "threshold", "type": "double", "default": 0.5, "shape": null}]'
`;
  test("is read with signature and flavours", () => {
    expect(readMlmodel(file)).toEqual({
      flavors: [{ name: "python_function", facts: [["loader_module", "mlflow.sklearn"], ["env", '{"conda":"conda.yaml"}']] }, { name: "sklearn", facts: [["sklearn_version", "1.5.0"]] }],
      facts: [["mlflow_version", "3.1.0"]],
      inputs: [{ name: "age", type: "double", required: true }, { name: "history", type: "long[]", required: false }],
      outputs: [{ name: "0", type: "float32 [n, 3]", required: true }],
      params: [{ name: "threshold", type: "double", fallback: "0.5" }],
    });
  });
  test.each(["", "just text", "flavors: [", "flavors: {a: {}}\nsignature: {inputs: '[not json'}"])("that is none stays text: %s", (text) => expect(readMlmodel(text)).toBeUndefined());
});

test("a dataset's schema is read as columns or tensors, and anything else as nothing", () => {
  expect(readSchema('{"mlflow_colspec":[{"type":"double","name":"x","required":true}]}')).toEqual([{ name: "x", type: "double", required: true }]);
  expect(readSchema('{"mlflow_tensorspec":{"features":[{"type":"tensor","tensor-spec":{"dtype":"float64","shape":[-1,8]}}]}}')).toEqual([{ name: "column 0", type: "float64 [n, 8]", required: true }]);
  expect(readSchema('{"mlflow_colspec":[{"type":"array","items":{"type":"string"},"name":"words","required":false}]}')).toEqual([{ name: "words", type: "string[]", required: false }]);
  expect(readSchema("not json")).toEqual([]);
  expect(readSchema(null)).toEqual([]);
  expect(readRowCount('{"num_rows": 1797}')).toBe(1797);
  expect(readRowCount("[]")).toBeUndefined();
});

test("a commit leads to its host where the remote is known, never elsewhere", () => {
  const of = (repoURL: string) => sourceOf([{ key: "mlflow.source.name", value: "/home/mara/train.py" }, { key: "mlflow.source.git.commit", value: "4f1e9ab" }, { key: "mlflow.source.git.repoURL", value: repoURL }]);
  expect(of("git@github.com:acme/models.git")).toEqual({ name: "train.py", commit: "4f1e9ab", commitHref: "https://github.com/acme/models/commit/4f1e9ab" });
  expect(of("https://token@gitlab.com/acme/risk/models").commitHref).toBe("https://gitlab.com/acme/risk/models/commit/4f1e9ab");
  expect(of("javascript:alert(1)").commitHref).toBeUndefined();
});
