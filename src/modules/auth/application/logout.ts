import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { CurrentCall } from '../../../ports/current-call.js';
import { Logout } from '../contract/index.js';
import { SignOuts } from './sign-outs.js';

@CommandHandler(Logout)
export class LogoutHandler implements Handles<Logout> {
  constructor(
    private readonly signOuts: SignOuts,
    private readonly call: CurrentCall,
  ) {}

  async execute() {
    const { sessionId } = this.call;
    if (sessionId !== undefined) await this.signOuts.end(sessionId);
  }
}
