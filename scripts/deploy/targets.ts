import { compose } from './compose.js';
import { ecs } from './ecs.js';
import { helm } from './helm.js';
import { kubernetes } from './kubernetes.js';
import type { Target } from './target.js';

/** Everything that `npm run deploy:write` writes. */
export const targets: readonly Target[] = [kubernetes, compose, ecs, helm];
