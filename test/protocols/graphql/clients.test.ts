import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createSpecimenGraphql, type SpecimenGraphql } from './specimen-graphql.js';

let app: SpecimenGraphql;
let headers: Record<string, string>;

/** Method, query or only its hash, and status of every request of a client. */
const exchanges: string[] = [];

const recorded: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const isPost = init?.method === 'POST';
  const sent = isPost ? JSON.parse(String(init.body)) : Object.fromEntries(new URL(String(input)).searchParams);
  exchanges.push(`${init?.method} ${sent.query ? 'query' : 'hash'} ${response.status}`);
  return response;
};

beforeAll(async () => {
  app = await createSpecimenGraphql();
  headers = { authorization: `Bearer ${await app.token('USER')}` };
});

beforeEach(() => {
  exchanges.length = 0;
});

afterAll(() => app.close());

const filter = gql`query Filter($page: Int) { filterSpecimens(page: $page) { page } }`;
const create = gql`mutation Create($name: String!) { createSpecimen(name: $name) { name } }`;
const unknown = gql`query Unknown { nothing }`;
const variables = { page: 3 };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('Apollo Client', () => {
  const apollo = (link: ApolloLink) => {
    const defaultOptions = { query: { fetchPolicy: 'no-cache' } } as const;
    return new ApolloClient({ cache: new InMemoryCache(), link, defaultOptions });
  };
  const http = (options: HttpLink.Options = {}) => new HttpLink({ uri: app.url, headers, fetch: recorded, ...options });
  const found = { filterSpecimens: { page: 3, __typename: 'Filter' } };

  it('queries and mutates', async () => {
    const client = apollo(http());
    expect((await client.query({ query: filter, variables })).data).toEqual(found);
    const { data } = await client.mutate({ mutation: create, variables: { name: 'by Apollo' } });
    expect(data).toEqual({ createSpecimen: { name: 'by Apollo', __typename: 'NamedSpecimen' } });
  });

  it('queries by GET with the token of its caller', async () => {
    const client = apollo(http({ useGETForQueries: true }));
    expect((await client.query({ query: filter, variables })).data).toEqual(found);
    expect(exchanges).toEqual(['GET query 200']);
  });

  it('queries by GET without a token when it sends the header for that', async () => {
    const client = apollo(http({ useGETForQueries: true, headers: { 'apollo-require-preflight': 'true' } }));
    expect((await client.query({ query: filter, variables })).data).toEqual(found);
  });

  it.each([
    ['POST', {}],
    ['GET', { useGETForQueries: true }],
  ])('sends the text of a query by %s when its hash is not known', async (method, options) => {
    const client = apollo(new PersistedQueryLink({ sha256 }).concat(http(options)));
    for (let time = 0; time < 2; time++) {
      expect((await client.query({ query: filter, variables })).data).toEqual(found);
    }
    expect(exchanges).toEqual([`${method} hash 400`, `${method} query 200`, `${method} query 200`]);
  });

  it('has the code of a failure, and of a fault of its query', async () => {
    const client = apollo(http());
    const codes = (error: unknown) =>
      CombinedGraphQLErrors.is(error) ? error.errors.map(({ extensions }) => extensions?.code) : error;
    const taken = client.mutate({ mutation: create, variables: { name: 'taken' } });
    expect(await taken.catch(codes)).toEqual(['SPECIMEN_TAKEN']);
    expect(await client.query({ query: unknown }).catch(codes)).toEqual(['INVALID_ARGUMENT']);
  });

  it('queries and mutates over a WebSocket', async () => {
    const socket = createClient({
      url: app.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: headers,
    });
    const client = apollo(new GraphQLWsLink(socket));
    expect((await client.query({ query: filter, variables })).data).toEqual(found);
    const { data } = await client.mutate({ mutation: create, variables: { name: 'by a socket' } });
    expect(data).toEqual({ createSpecimen: { name: 'by a socket', __typename: 'NamedSpecimen' } });
    await socket.dispose();
  });
});

describe('urql', () => {
  const urql = (preferGetMethod: boolean, exchange?: ReturnType<typeof persistedExchange>) =>
    new Client({
      url: app.url,
      exchanges: [...(exchange ? [exchange] : []), fetchExchange],
      preferGetMethod,
      fetch: recorded,
      fetchOptions: { headers },
    });
  const found = { filterSpecimens: { page: 3 } };

  it('queries and mutates', async () => {
    const client = urql(false);
    expect((await client.query(filter, variables)).data).toEqual(found);
    const { data } = await client.mutation(create, { name: 'by urql' });
    expect(data).toEqual({ createSpecimen: { name: 'by urql' } });
  });

  it('queries by GET with the token of its caller', async () => {
    expect((await urql(true).query(filter, variables)).data).toEqual(found);
    expect(exchanges).toEqual(['GET query 200']);
  });

  it.each([
    ['POST', false],
    ['GET', true],
  ])('sends the text of a query by %s when its hash is not known', async (method, preferGetMethod) => {
    const exchange = persistedExchange({
      preferGetForPersistedQueries: preferGetMethod,
      generateHash: async (query) => sha256(query),
    });
    const client = urql(preferGetMethod, exchange);
    for (let time = 0; time < 2; time++) expect((await client.query(filter, variables)).data).toEqual(found);
    expect(exchanges).toEqual([`${method} hash 400`, `${method} query 200`, `${method} query 200`]);
  });

  it('has the code of a failure, and of a fault of its query', async () => {
    const client = urql(false);
    const codes = async (
      result: PromiseLike<{ error?: { graphQLErrors: { extensions?: Record<string, unknown> }[] } }>,
    ) => (await result).error?.graphQLErrors.map(({ extensions }) => extensions?.code);
    expect(await codes(client.mutation(create, { name: 'taken' }))).toEqual(['SPECIMEN_TAKEN']);
    expect(await codes(client.query(unknown, {}))).toEqual(['INVALID_ARGUMENT']);
  });
});
