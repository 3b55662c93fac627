import { contenders } from './contenders.js';
import { tellParent } from './tell-parent.js';

/** One contender: tells its parent where it listens. */
const [suite = '', contender = ''] = process.argv.slice(2);
const load = contenders[suite]?.[contender];
if (!load) throw new Error(`no contender ${contender} for ${suite}`);
const { serve } = await load();
tellParent(await serve());
