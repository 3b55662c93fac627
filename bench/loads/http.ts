import autocannon from 'autocannon';
import { percentiles } from '../statistics.js';
import type { Answered, Load, LoadSettings } from './load.js';

type Request = Pick<autocannon.Options, 'url' | 'method' | 'headers' | 'body'>;

async function fire(request: Request, { connections, pipelining, seconds }: LoadSettings): Promise<Answered> {
  const latencies: number[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>();
  const options = { ...request, connections, pipelining, duration: seconds };
  const running = autocannon(options, (error: Error | null, result) => (error ? reject(error) : resolve(result)));
  // its own histogram has whole milliseconds only
  running.on('response', (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds));
  const { requests, duration, non2xx, errors } = await promise;
  return { requests: requests.total, failed: non2xx + errors, seconds: duration, ...percentiles(latencies) };
}

export const rest: Load = ({ url, token, userId }, settings) =>
  fire({ url: `${url}/users/${userId}`, headers: { authorization: `Bearer ${token}` } }, settings);

const query = 'query ($id: ID!) { user(id: $id) { id email name createdAt updatedAt } }';

export const getUserQuery = (userId: string) => ({ query, variables: { id: userId } });

export const graphql: Load = ({ url, token, userId }, settings) =>
  fire(
    {
      url: `${url}/graphql`,
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(getUserQuery(userId)),
    },
    settings,
  );
