import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InvalidArgument } from '../../../../src/contract/built-in-failures.js';
import type { Failure } from '../../../../src/contract/failure.js';
import { isCleanText } from '../../../../src/contract/values.js';
import { EmailAddress } from '../../../../src/modules/auth/domain/email-address.js';
import { CreateUser, GetUser, UpdateUser, UserView } from '../../../../src/modules/users/contract/index.js';
import { engines } from '../../adapters.js';
import { createModulesApplication, freshEmail, type ModulesApplication } from '../../modules-application.js';

/** Two code units, more characters when composed, fewer when composed, and blank. */
const treacherous = fc.constantFrom(
  'x',
  '👍',
  '\u{1d15e}',
  '\ufb2c',
  '\u0344',
  'e\u0301',
  '\u1100\u1161',
  ' ',
  '\u3000',
);

const names = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 210 }),
    fc.tuple(treacherous, fc.integer({ min: 1, max: 210 })).map(([character, times]) => character.repeat(times)),
    fc.array(treacherous, { maxLength: 210 }).map((characters) => characters.join('')),
  )
  .filter(isCleanText);

const examples = ['👍'.repeat(101), '👍'.repeat(200), '👍'.repeat(201), '\ufb2c'.repeat(66), '\ufb2c'.repeat(200)];

describe.each(engines)('the name of a user over %s', (_, open) => {
  let app: ModulesApplication;
  let admin: { token: string };
  beforeAll(async () => {
    app = await createModulesApplication({ adapters: await open() });
    admin = { token: await app.adminToken() };
  });
  afterAll(() => app?.close());

  const expectNamed = async (id: string, name: string) => {
    const user = await app.call(new GetUser({ id }), admin);
    expect(UserView.parse(user).name).toBe(name.trim().normalize('NFC'));
  };
  const expectRefused = (error: unknown) => {
    expect(error).toBeInstanceOf(InvalidArgument);
    expect((error as Failure).issues).toContainEqual(expect.objectContaining({ path: '/name' }));
  };
  /** Whatever a caller sends is either a name, which its view admits, or a fault of the caller's. */
  const property = (give: (name: string) => Promise<string>) =>
    fc.asyncProperty(names, (name) => give(name).then((id) => expectNamed(id, name), expectRefused));

  test('is any that its contract admits when the user is created', async () => {
    const create = async (name: string) => (await app.call(new CreateUser({ email: freshEmail(), name }), admin)).id;
    await fc.assert(property(create), { numRuns: 60, examples: examples.map((name) => [name]) });
  });

  test('is any that its contract admits when it is changed', async () => {
    const { id } = await app.call(new CreateUser({ email: freshEmail() }), admin);
    const rename = async (name: string) => (await app.call(new UpdateUser({ id, name, clear: [] }), admin)).id;
    await fc.assert(property(rename), { numRuns: 60, examples: examples.map((name) => [name]) });
  });

  test('is any that its contract admits when they register, and one that is not leaves no account', async () => {
    const register = async (name: string) => {
      const email = freshEmail();
      const registered = app.register({ email, name });
      await registered.catch(async () => {
        expect(await app.adapters.accounts.findByEmail(EmailAddress.of(email))).toBeUndefined();
      });
      return (await registered).user.id;
    };
    await fc.assert(property(register), { numRuns: 10, examples: examples.map((name) => [name]) });
  });

  test('is composed as it is stored', async () => {
    const { name } = await app.call(new CreateUser({ email: freshEmail(), name: ' Zoe\u0308 ' }), admin);
    expect(name).toBe('Zo\u00eb');
  });
});
