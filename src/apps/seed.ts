import { EmailTaken, InvalidCredentials, Login, Register, TooManyAttempts } from '../modules/auth/contract/index.js';
import { CreateUser } from '../modules/users/contract/index.js';
import type { Bus } from '../ports/bus.js';

const demoPassword = 'demo-password';

const people = [
  { email: 'ada@example.com', name: 'Ada Lovelace' },
  { email: 'grace@example.com', name: 'Grace Hopper' },
  { email: 'alan@example.com', name: 'Alan Turing' },
];

const withoutSignIn = [{ email: 'katherine@example.com', name: 'Katherine Johnson' }];

export interface SeededUser {
  readonly email: string;
  /** Absent for users without a sign-in or with another password. */
  readonly password?: string;
}

/** Uses public operations. Users that exist are left unchanged. */
export async function seed(bus: Bus): Promise<readonly SeededUser[]> {
  const seeded: SeededUser[] = [];
  for (const person of people) {
    await unlessTaken(bus.execute(new Register({ ...person, password: demoPassword })));
    const login = { email: person.email, password: demoPassword };
    seeded.push((await canLogIn(bus, login)) ? login : { email: person.email });
  }
  for (const person of withoutSignIn) {
    await unlessTaken(bus.asService.execute(new CreateUser(person)));
    seeded.push({ email: person.email });
  }
  return seeded;
}

async function unlessTaken(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if (!(error instanceof EmailTaken)) throw error;
  }
}

export async function canLogIn(bus: Bus, login: { email: string; password: string }): Promise<boolean> {
  try {
    await bus.execute(new Login(login));
    return true;
  } catch (error) {
    if (error instanceof InvalidCredentials || error instanceof TooManyAttempts) return false;
    throw error;
  }
}
