import type { Measured } from './rounds.js';
import { type Spread, spread } from './statistics.js';

/** `1.25 (1.20-1.31)` */
export const shown = ({ median, low, high }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${low.toFixed(digits)}-${high.toFixed(digits)})`;

/** Of two contenders in the same round, so that a slow minute of the machine is in both. */
const ratio = (one: readonly Measured[], other: readonly Measured[], of: (measured: Measured) => number): Spread =>
  spread(one.map((measured, round) => of(measured) / of(other[round] ?? measured)));

const throughput = ({ requests, seconds }: Measured): number => requests / seconds;
const efficiency = ({ cpu }: Measured): number => 1 / cpu;

/** `40.1 + 32.7`, first the process that gets the requests. */
function byProcess(measured: readonly Measured[]): string {
  const medians = measured[0]?.cpus.map((_, index) => spread(measured.map(({ cpus }) => cpus[index] ?? 0)).median);
  return (medians ?? []).map((median) => median.toFixed(1)).join(' + ');
}

function row(name: string, measured: readonly Measured[], baseline: readonly Measured[]): Record<string, string> {
  const isSplit = measured.some(({ cpus }) => cpus.length > 1);
  const median = (of: (one: Measured) => number) => spread(measured.map(of)).median;
  return {
    contender: name,
    'requests/s': median(throughput).toFixed(0),
    'p50 ms': median(({ p50 }) => p50).toFixed(1),
    'ratio by p50': shown(
      ratio(measured, baseline, ({ p50 }) => p50),
      2,
    ),
    'p99 ms': shown(spread(measured.map(({ p99 }) => p99)), 1),
    'CPU us/request': shown(spread(measured.map(({ cpu }) => cpu)), 1),
    ...(isSplit && { 'of it, by process': byProcess(measured) }),
    'ratio by CPU': shown(ratio(measured, baseline, efficiency), 3),
    'ratio by requests/s': shown(ratio(measured, baseline, throughput), 3),
    'RSS MiB': median(({ rss }) => rss).toFixed(0),
  };
}

/** A Markdown table, the first contender being what the others are compared with. */
export function contendersTable(measured: ReadonlyMap<string, readonly Measured[]>): string {
  const [baseline = []] = measured.values();
  return table([...measured].map(([name, rounds]) => row(name, rounds, baseline)));
}

export function table(rows: readonly Readonly<Record<string, string>>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(names),
    line(names.map(() => '---')),
    ...rows.map((cells) => line(names.map((name) => cells[name] ?? ''))),
  ].join('\n');
}
