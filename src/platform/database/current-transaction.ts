import { CallContext, currentCall, runInCall } from '../../pipeline/call-context.js';
import { Principals } from '../../pipeline/principal.js';

/** How long a unit of work outside any call may take. */
const BACKGROUND_LIMIT_MS = 30_000;

const background = new Principals([]).service('background');

/** The transaction of the unit of work this code runs in. */
export const currentTransaction = (): unknown => currentCall()?.transaction;

/** The call this code runs for; one of its own where there is none, as in schedules and reconcilers. */
export const callOrBackground = (): CallContext =>
  currentCall() ??
  CallContext.begin({ protocol: 'grpc', address: 'local' }, background, performance.now() + BACKGROUND_LIMIT_MS);

/** Runs `work` so that `currentTransaction` gives `transaction` in all it does. */
export const runInTransaction = <T>(call: CallContext, transaction: object, work: () => Promise<T>): Promise<T> =>
  runInCall(call.fork({ transaction }), work);
