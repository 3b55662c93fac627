import { Logger } from 'nestjs-pino';

const chatty = new Set(['InstanceLoader', 'NestFactory', 'NestMicroservice', 'NestApplication', 'GraphQLModule']);

/** Leaves out what the framework tells of its own boot. */
export class QuietLogger extends Logger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (!chatty.has(String(rest.at(-1)))) super.log(message, ...rest);
  }
}
