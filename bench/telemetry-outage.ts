import { Pool } from 'undici';
import { Child } from './child.js';
import { get, type SteadySettings, steady } from './loads/steady.js';
import { memoryOf, sum } from './machine.js';
import { shown, table } from './report.js';
import { spread } from './statistics.js';
import type { Target } from './target.js';

export interface OutageSettings {
  readonly seconds: number;
  readonly perSecond: number;
}

interface Observed {
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
  /** Of gateway and service, MiB. */
  readonly rss: number;
}

interface Contender {
  readonly name: string;
  readonly child: Child<never, never>;
  readonly target: Target;
  readonly client: Pool;
  /** What happens to its collector. */
  readonly signal: NodeJS.Signals | undefined;
  readonly windows: Observed[];
}

const windowCount = 20;
const warmUpShare = 0.2;

async function start(name: string, signal?: NodeJS.Signals): Promise<Contender> {
  const { child, first } = await Child.start<never, never, Target>('serve.ts', ['tracing', 'every']);
  return { name, child, target: first, client: new Pool(first.url), signal, windows: [] };
}

async function observe({ child, target, client }: Contender, load: SteadySettings): Promise<Observed> {
  const request = get(client, `/users/${target.userId}`, { authorization: `Bearer ${target.token}` });
  const { p50, p99, failed } = await steady(request, load);
  const processes = [child.pid, ...(target.processes ?? [])];
  return { p50, p99, failed, rss: sum(processes.map((pid) => memoryOf(pid).rss)) };
}

function send(signal: NodeJS.Signals, { collector }: Target): void {
  if (collector === undefined) throw new Error('there is no collector');
  try {
    process.kill(collector, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function row({ name, windows }: Contender, baseline: Contender): Record<string, string> {
  const quarter = Math.ceil(windows.length / 4);
  const rss = (some: readonly Observed[]) => spread(some.map((one) => one.rss)).median;
  const [first, last] = [rss(windows.slice(0, quarter)), rss(windows.slice(-quarter))];
  const ratios = windows.map(({ p50 }, index) => p50 / (baseline.windows[index]?.p50 ?? p50));
  return {
    collector: name,
    'p50 ms': shown(spread(windows.map(({ p50 }) => p50)), 2),
    'ratio by p50': shown(spread(ratios), 2),
    'p99 ms': shown(spread(windows.map(({ p99 }) => p99)), 1),
    failed: String(sum(windows.map(({ failed }) => failed))),
    'RSS MiB, first quarter': first.toFixed(0),
    'RSS MiB, last quarter': last.toFixed(0),
    'growth MiB': (last - first).toFixed(0),
  };
}

/**
 * Gateways whose every request is traced, under the same load at the same time: one with its collector, one whose
 * collector refuses connections, one whose collector takes them and answers nothing. A Markdown table.
 */
export async function telemetryOutage({ seconds, perSecond }: OutageSettings): Promise<string> {
  const contenders = await Promise.all([
    start('there'),
    start('refuses connections', 'SIGKILL'),
    start('answers nothing', 'SIGSTOP'),
  ]);
  const [baseline] = contenders;
  try {
    const warmUp = { seconds: seconds * warmUpShare, perSecond };
    await Promise.all(contenders.map((contender) => observe(contender, warmUp)));
    for (const { signal, target } of contenders) if (signal) send(signal, target);
    const load = { seconds: seconds / windowCount, perSecond };
    for (let window = 0; window < windowCount; window++) {
      const observed = await Promise.all(contenders.map((contender) => observe(contender, load)));
      for (const [index, { windows }] of contenders.entries()) windows.push(observed[index] as Observed);
    }
    return table(contenders.map((contender) => row(contender, baseline as Contender)));
  } finally {
    // one that is stopped does not see that its parent has gone
    for (const { target } of contenders) send('SIGKILL', target);
    await Promise.all(contenders.map(({ child, client }) => Promise.all([child.stop(), client.destroy()])));
  }
}
