import { contenders } from './contenders.js';
import { memoryOf } from './machine.js';

export interface Usage {
  /** Of the whole process so far, microseconds. */
  readonly cpu: number;
  /** MiB. */
  readonly rss: number;
}

/** One contender: tells its parent where it listens, then its usage whenever asked. */
const [protocol = '', contender = ''] = process.argv.slice(2);
const load = contenders[protocol]?.[contender];
if (!load) throw new Error(`no contender ${contender} for ${protocol}`);
const { serve } = await load();
process.send?.(await serve());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const usage: Usage = { cpu: user + system, rss: memoryOf(process.pid).rss };
  process.send?.(usage);
});
process.on('disconnect', () => process.exit());
