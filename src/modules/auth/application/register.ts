import { CommandHandler } from '@nestjs/cqrs';
import { Unauthenticated } from '../../../contract/built-in-failures.js';
import type { Handles } from '../../../contract/operation.js';
import { Register } from '../contract/index.js';
import { Registration } from './registration.js';
import { SignIns } from './sign-ins.js';

@CommandHandler(Register)
export class RegisterHandler implements Handles<Register> {
  constructor(
    private readonly registration: Registration,
    private readonly signIns: SignIns,
  ) {}

  async execute({ input }: Register) {
    const { account, user } = await this.registration.register({ ...input, role: 'USER' });
    const credentials = await this.signIns.open(account);
    if (!credentials) throw new Unauthenticated({ detail: 'The new account has been closed already' });
    return { ...credentials, user };
  }
}
