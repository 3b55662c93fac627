import { type Colour, light } from './colours.js';

interface Style {
  readonly fill: Colour;
  readonly shape?: 'box' | 'cylinder' | 'note' | 'ellipse' | 'diamond';
  readonly dashed?: boolean;
}

const styles = {
  caller: { fill: 'bg', shape: 'ellipse' },
  protocol: { fill: 'blue' },
  process: { fill: 'green' },
  module: { fill: 'violet' },
  store: { fill: 'amber', shape: 'cylinder' },
  step: { fill: 'surface' },
  document: { fill: 'surface', shape: 'note' },
  question: { fill: 'bg', shape: 'diamond' },
  failure: { fill: 'red' },
  caution: { fill: 'amber' },
  optional: { fill: 'bg', dashed: true },
} as const satisfies Record<string, Style>;

export type Kind = keyof typeof styles;

const quoted = (text: string): string => `"${text.replaceAll('"', '\\"')}"`;

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const attributes = (values: Readonly<Record<string, string | number | undefined>>): string => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given
    .map(([name, value]) => `${name}=${String(value).startsWith('<') ? value : quoted(String(value))}`)
    .join(' ');
};

/** A title in bold, smaller lines below. */
function labelOf(title: string, details: readonly string[] = []): string {
  const small = details.map(
    (detail) => `<br/><font point-size="10" color="${light('muted')}">${escapeHtml(detail)}</font>`,
  );
  return `<<b>${escapeHtml(title)}</b>${small.join('')}>`;
}

export function node(id: string, kind: Kind, title: string, details: readonly string[] = []): string {
  const { fill, shape = 'box', dashed }: Style = styles[kind];
  const style = ['filled', ...(shape === 'box' ? ['rounded'] : []), ...(dashed ? ['dashed'] : [])].join(',');
  return `${quoted(id)} [${attributes({ label: labelOf(title, details), shape, style, fillcolor: light(fill) })}];`;
}

interface EdgeOptions {
  readonly label?: string;
  readonly dashed?: boolean;
  /** `false`: does not move its ends apart. */
  readonly ranks?: boolean;
}

export function edge(from: string, to: string, { label, dashed, ranks }: EdgeOptions = {}): string {
  const style = dashed ? 'dashed' : undefined;
  const constraint = ranks === false ? 'false' : undefined;
  return `${quoted(from)} -> ${quoted(to)} [${attributes({ label: label && ` ${label} `, style, constraint })}];`;
}

export const cluster = (id: string, title: string, lines: readonly string[]): string =>
  [
    `subgraph ${quoted(`cluster_${id}`)} {`,
    `label=${labelOf(title)}; labeljust=l; style="rounded"; color="${light('border')}"; fontcolor="${light('muted')}"; margin=14;`,
    ...lines,
    '}',
  ].join('\n');

/** Side by side. */
export const sameRank = (ids: readonly string[]): string => `{ rank=same; ${ids.map(quoted).join('; ')}; }`;

interface GraphOptions {
  /** `LR`: from left to right. */
  readonly direction?: 'LR' | 'TB';
  readonly gap?: number;
}

export const graph = (lines: readonly string[], { direction = 'TB', gap = 0.45 }: GraphOptions = {}): string =>
  [
    'digraph {',
    `graph [rankdir=${direction} nodesep=0.3 ranksep=${gap} pad=0.25 fontname="Helvetica" fontsize=12 bgcolor="transparent"];`,
    `node [fontname="Helvetica" fontsize=12 fontcolor="${light('fg')}" color="${light('border')}" margin="0.2,0.1"];`,
    `edge [fontname="Helvetica" fontsize=10 fontcolor="${light('muted')}" color="${light('line')}" arrowsize=0.7];`,
    ...lines,
    '}',
    '',
  ].join('\n');

/** A table with a header; a cell that is `true` shows a dot. */
export function tableGraph(header: readonly string[], rows: readonly (readonly (string | boolean)[])[]): string {
  const cell = (text: string, more = '') => `<td align="left" border="1" ${more}>${text}</td>`;
  const shown = (value: string | boolean): string =>
    typeof value === 'string' ? escapeHtml(value) : value ? '●' : ' ';
  const head = header.map((text) => cell(`<b>${escapeHtml(text)}</b>`, `bgcolor="${light('surface')}"`));
  const ticked = (value: string | boolean) => (value === true ? `bgcolor="${light('green')}"` : '');
  const body = rows.map((cells) => `<tr>${cells.map((each) => cell(shown(each) || ' ', ticked(each))).join('')}</tr>`);
  const table = `<table border="0" cellborder="1" cellspacing="0" cellpadding="6" color="${light('border')}">`;
  return graph([`table [shape=plain label=<${table}<tr>${head.join('')}</tr>${body.join('')}</table>>];`]);
}
