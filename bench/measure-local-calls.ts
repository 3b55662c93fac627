import { localCallCost } from './local-calls.js';

/** In a process of its own: what one number of operations leaves in the compiler would change the next measurement. */
const [count, rounds, calls] = process.argv.slice(2).map(Number);
process.send?.(await localCallCost(count ?? 1, rounds ?? 1, calls ?? 1));
