import { beginContext, type CallContext, currentCall } from '../../pipeline/call-context.js';
import { Principals } from '../../pipeline/principal.js';

const BACKGROUND_LIMIT_MS = 30_000;

const background = new Principals([]).service('background');

/** Schedules and reconcilers run outside calls. */
export const callOrBackground = (): CallContext =>
  currentCall() ??
  beginContext({ protocol: 'grpc', address: 'local' }, background, performance.now() + BACKGROUND_LIMIT_MS);
