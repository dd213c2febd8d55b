export type CsvTable = { columns: string[]; rows: string[][]; /** Rows were left out because there are more than asked for. */ isCut: boolean };

/** Guesses what separates the fields of the first line: comma, tab or semicolon. */
export const separatorOf = (text: string): "," | "\t" | ";" => {
  const [line = ""] = text.split(/\r?\n/, 1);
  const outside = line.replaceAll(/"[^"]*"/g, "");
  const count = (mark: string): number => outside.split(mark).length;
  return count("\t") > count(",") && count("\t") >= count(";") ? "\t" : count(";") > count(",") ? ";" : ",";
};

/** Reads RFC 4180 text (quotes, doubled quotes, line breaks inside quotes) of which the last line may be cut off, up to `maxRows` rows below the head. */
export const parseCsv = (text: string, maxRows: number, { isPartial = false }: { isPartial?: boolean } = {}): CsvTable => {
  const separator = separatorOf(text);
  const lines: string[][] = [];
  let fields: string[] = [];
  let field = "";
  let isQuoted = false;
  let at = text.startsWith("\u{FEFF}") ? 1 : 0;
  const endField = () => {
    fields.push(field);
    field = "";
  };
  const endLine = () => {
    endField();
    if (fields.length > 1 || fields[0] !== "") lines.push(fields);
    fields = [];
  };
  for (; at < text.length && lines.length <= maxRows + 1; at += 1) {
    const mark = text.charAt(at);
    if (isQuoted) {
      if (mark !== '"') field += mark;
      else if (text.charAt(at + 1) === '"') {
        field += '"';
        at += 1;
      } else isQuoted = false;
    } else if (mark === '"' && field === "") isQuoted = true;
    else if (mark === separator) endField();
    else if (mark === "\n") endLine();
    else if (mark !== "\r" || text.charAt(at + 1) !== "\n") field += mark;
  }
  const isRest = field !== "" || fields.length > 0;
  // The end of a part of a file is not the end of its line.
  if (isRest && at >= text.length && !isPartial) endLine();
  const [columns = [], ...rows] = lines;
  const width = Math.max(columns.length, ...rows.slice(0, maxRows).map((row) => row.length));
  const padded = (row: string[]): string[] => [...row, ...Array.from({ length: width - row.length }, () => "")];
  return { columns: padded(columns), rows: rows.slice(0, maxRows).map(padded), isCut: rows.length > maxRows || isPartial };
};
