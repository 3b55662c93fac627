import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { type GetUserRequest, getUserMethod } from '../get-user-proto.js';
import { sendToParent } from '../send-to-parent.js';

export type Behaviour = 'answers' | 'is unavailable' | 'hangs';

export interface FailingUsers {
  readonly address: string;
}

/** To behave so from now on. */
export interface Order {
  readonly behaviour: Behaviour;
}

/** Calls received since the order before. */
export interface Received {
  readonly calls: number;
  /** In the busiest second. */
  readonly most: number;
}

let behaviour: Behaviour = 'answers';
let perSecond = new Map<number, number>();

const answers: Record<Behaviour, (respond: sendUnaryData<object>, id: string | undefined) => void> = {
  answers: (respond, id) => respond(null, { user: { id, email: 'ada@example.com' } }),
  'is unavailable': (respond) => respond({ code: status.UNAVAILABLE, details: 'planted' }),
  hangs: () => undefined,
};

function getUser({ request }: ServerUnaryCall<GetUserRequest, object>, respond: sendUnaryData<object>): void {
  const second = Math.floor(performance.now() / 1_000);
  perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  answers[behaviour](respond, request.id);
}

/** A user-service that fails on request, and counts the calls. */
const server = new Server();
server.addService({ getUser: getUserMethod }, { getUser });
const bind = promisify<string, ServerCredentials, number>(server.bindAsync.bind(server));
const port = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
process.on('message', (order: Order) => {
  const counts = [...perSecond.values()];
  const received: Received = { calls: counts.reduce((total, count) => total + count, 0), most: Math.max(0, ...counts) };
  perSecond = new Map();
  behaviour = order.behaviour;
  process.send?.(received);
});
const failingUsers: FailingUsers = { address: `127.0.0.1:${port}` };
sendToParent(failingUsers);
