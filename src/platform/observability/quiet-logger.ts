import { Logger } from 'nestjs-pino';

const bootContexts = new Set(['InstanceLoader', 'NestFactory', 'NestMicroservice', 'NestApplication', 'GraphQLModule']);

/** They throw what they log. */
const throwing = new Set(['ExceptionHandler', 'NestApplication']);

/** Without the lines of Nest's own boot, and without errors that it also throws. */
export class QuietLogger extends Logger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (!bootContexts.has(String(rest.at(-1)))) super.log(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (!throwing.has(String(rest.at(-1)))) super.error(message, ...rest);
  }
}
