import { contenders } from './contenders.js';
import { sendToParent } from './send-to-parent.js';

/** One contender; sends its parent where it listens. */
const [suite = '', contender = ''] = process.argv.slice(2);
const load = contenders[suite]?.[contender];
if (!load) throw new Error(`no contender ${contender} for ${suite}`);
const { serve } = await load();
sendToParent(await serve());
