import autocannon from 'autocannon';
import type { Answered, Load, LoadSettings } from './load.js';

type Request = Pick<autocannon.Options, 'url' | 'method' | 'headers' | 'body'>;

async function fire(request: Request, { connections, pipelining, seconds }: LoadSettings): Promise<Answered> {
  const result = await autocannon({ ...request, connections, pipelining, duration: seconds });
  const { requests, latency, duration, non2xx, errors } = result;
  return { requests: requests.total, failed: non2xx + errors, seconds: duration, p50: latency.p50, p99: latency.p99 };
}

export const rest: Load = ({ url, token, userId }, settings) =>
  fire({ url: `${url}/users/${userId}`, headers: { authorization: `Bearer ${token}` } }, settings);

const query = 'query ($id: ID!) { user(id: $id) { id email name createdAt updatedAt } }';

export const graphql: Load = ({ url, token, userId }, settings) =>
  fire(
    {
      url: `${url}/graphql`,
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { id: userId } }),
    },
    settings,
  );
