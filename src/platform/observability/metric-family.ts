export type Labels = Readonly<Record<string, string>>;

export type Sample = readonly [labels: Labels, value: number];

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** `{name="value"}`; nothing without labels. */
export function labelled(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escaped(text)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** The lines of one metric in Prometheus' text format; none without samples. */
export function family(
  metric: string,
  type: 'counter' | 'gauge',
  help: string,
  samples: readonly Sample[],
): readonly string[] {
  if (samples.length === 0) return [];
  const lines = samples.map(([labels, value]) => `${metric}${labelled(labels)} ${value}`);
  return [`# HELP ${metric} ${help}`, `# TYPE ${metric} ${type}`, ...lines];
}

export const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
