export type Labels = Readonly<Record<string, string>>;

export type Sample = readonly [labels: Labels, value: number];

export interface MetricFamily {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A counter ends in `_total`; everything else is a gauge. */
export const family = (name: string, help: string, samples: readonly Sample[]): MetricFamily => ({
  name,
  type: name.endsWith('_total') ? 'counter' : 'gauge',
  help,
  samples,
});

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** `{name="value"}`, or nothing. */
export function labelled(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escaped(text)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Prometheus text format, without empty families. */
export const printFamilies = (families: readonly MetricFamily[]): string =>
  families
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, type, help, samples }) => [
      `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`,
      ...samples.map(([labels, value]) => `${name}${labelled(labels)} ${value}\n`),
    ])
    .join('');
