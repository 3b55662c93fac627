import type { Target } from '../target.js';
import { serve as serveTraced } from './gateway-traced.js';

/** One request in a hundred is traced. */
export const serve = (): Promise<Target> => serveTraced(0.01);
