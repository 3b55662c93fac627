import { Logger } from 'nestjs-pino';

const chatty = new Set(['InstanceLoader', 'NestFactory', 'NestMicroservice', 'NestApplication', 'GraphQLModule']);

/** They log what they throw. */
const repeating = new Set(['ExceptionHandler', 'NestApplication']);

/** Leaves out what the framework logs of its own boot, and the errors that it throws as well. */
export class QuietLogger extends Logger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (!chatty.has(String(rest.at(-1)))) super.log(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (!repeating.has(String(rest.at(-1)))) super.error(message, ...rest);
  }
}
