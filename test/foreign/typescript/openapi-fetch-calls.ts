import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

/** Compiled with the types that openapi-typescript makes of the document: `node openapi-fetch-calls.js URL EMAIL PASSWORD`. */
const [, , baseUrl = '', email = '', password = ''] = process.argv;

const client = (token?: string) =>
  createClient<paths>({ baseUrl, ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }) });

function print(name: string, { data, error, response }: { data?: unknown; error?: unknown; response: Response }): void {
  process.stdout.write(`${JSON.stringify({ name, status: response.status, data, error })}\n`);
}

const mine = `${crypto.randomUUID()}@example.com`;
const theirs = `${crypto.randomUUID()}@example.com`;
const anyone = client();

const registered = await anyone.POST('/auth/register', {
  body: { email: mine, password: 'correct horse battery', name: 'Ada' },
});
print('register', registered);
const user = client(registered.data?.token);
const me = await user.GET('/users/me', { headers: { 'x-request-timeout-ms': 5_000 } });
print('me', me);
const profile: components['schemas']['User'] | undefined = me.data;

const taken = await anyone.POST('/auth/register', { body: { email: mine, password: 'correct horse battery' } });
print('register again', taken);
const code: 'USER_EMAIL_TAKEN' | 'AUTH_WEAK_PASSWORD' | undefined =
  taken.error?.code === 'USER_EMAIL_TAKEN' || taken.error?.code === 'AUTH_WEAK_PASSWORD' ? taken.error.code : undefined;
print('code', { data: code, response: taken.response });
print('forbidden', await user.POST('/users', { body: { email: theirs } }));

const login = await anyone.POST('/auth/login', { body: { email, password } });
print('login', { data: login.data?.expires_at, response: login.response });
const admin = client(login.data?.token);
const params = { header: { 'Idempotency-Key': crypto.randomUUID() } };
const created = await admin.POST('/users', { params, body: { email: theirs, name: 'Grace' } });
print('create', created);
print('create again', await admin.POST('/users', { params, body: { email: theirs, name: 'Grace' } }));

const query = { q: theirs, sort: 'EMAIL_ASC', limit: 5 } as const;
print('list', await admin.GET('/users', { params: { query } }));
const path = { id: created.data?.id ?? '' };
print('update', await admin.PATCH('/users/{id}', { params: { path }, body: { clear: ['NAME'] } }));
print('delete', await admin.DELETE('/users/{id}', { params: { path } }));
print('gone', await admin.GET('/users/{id}', { params: { path } }));
print(
  'no administrator less',
  await admin.DELETE('/users/{id}', { params: { path: { id: await idOfAdministrator() } } }),
);

async function idOfAdministrator(): Promise<string> {
  const { data } = await admin.GET('/users/me');
  return data?.id ?? '';
}

/** What does not compile. */
export const refused = () => [
  // @ts-expect-error no such path
  admin.GET('/nowhere'),
  // @ts-expect-error no such method
  admin.POST('/users/me'),
  // @ts-expect-error an unknown field
  { email: mine, nickname: 'x' } satisfies components['schemas']['CreateUserRequest'],
  // @ts-expect-error a field that is missing
  admin.POST('/auth/login', { body: { email: mine } }),
  // @ts-expect-error no value of the enum
  admin.GET('/users', { params: { query: { sort: 'AGE_ASC' } } }),
  // @ts-expect-error a name may be absent
  profile?.name.length,
  // @ts-expect-error no failure of this operation
  taken.error?.code === 'USER_NOT_FOUND',
];
